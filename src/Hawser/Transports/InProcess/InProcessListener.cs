using System.Threading.Channels;

namespace Hawser.Transports;

/// <summary>Waits for links to one name.</summary>
internal sealed class InProcessListener(Uri address, int backlog, Action<InProcessListener> remove) : TransportListener
{
    private readonly Channel<InProcessConnection> waiting = Channel.CreateBounded<InProcessConnection>(Math.Max(1, backlog));

    public override Uri Address => address;

    /// <summary>Hands a new link's server side over; waits while too many wait to be accepted.</summary>
    /// <returns>False if the listener has ended.</returns>
    public async ValueTask<bool> TryAddAsync(InProcessConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await waiting.Writer.WriteAsync(connection, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await waiting.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        remove(this);
        waiting.Writer.TryComplete();
        while (waiting.Reader.TryRead(out var connection))
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
