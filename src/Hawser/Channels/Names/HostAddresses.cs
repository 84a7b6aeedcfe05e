using System.Net;
using System.Net.Sockets;
using Hawser.Transports;

namespace Hawser;

/// <summary>The addresses of the host that a URI names, in the order in which they are to be tried.</summary>
internal static class HostAddresses
{
    /// <summary>Asks the channel's resolver, unless the host is an address already, for no longer than a handshake may take, also if the resolver does not listen to its token.</summary>
    /// <returns>The addresses; never none.</returns>
    /// <exception cref="ArgumentException">The address names no port.</exception>
    /// <exception cref="IOException">The name cannot be resolved, or not in time; the text says why.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(HawserChannelOptions options, Uri address, CancellationToken cancellationToken)
    {
        var limit = options.Limits.HandshakeTimeout;
        using var timeout = new CancellationTokenSource(limit, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var asking = ResolveAsync(options.NameResolver, address, either.Token).AsTask();
        try
        {
            return await asking.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The name '{address.IdnHost}' of {TcpSockets.Text(address)} was not resolved within {limit.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).");
        }
        finally
        {
            // It may fail when nobody waits for it any more.
            _ = asking.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>Asks a resolver, unless the host is an address already.</summary>
    /// <returns>The addresses; never none.</returns>
    /// <exception cref="ArgumentException">The address names no port.</exception>
    /// <exception cref="IOException">The name cannot be resolved; the text says why.</exception>
    public static async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(INameResolver resolver, Uri address, CancellationToken cancellationToken)
    {
        if (address.Port < 0)
            throw new ArgumentException($"'{address.OriginalString}' names no port; write {address.Scheme}://{address.Host}:PORT.", nameof(address));
        if (IPAddress.TryParse(address.Host, out var literal))
            return [literal];
        var host = address.IdnHost;
        try
        {
            var found = await resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
            return found is { Count: > 0 } ? AddressOrder.Interleave(host, found) : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException exception)
        {
            throw SocketFailure.Resolve(host, TcpSockets.Text(address), exception);
        }
        catch (Exception exception) when (exception is not (IOException or OperationCanceledException))
        {
            throw new IOException($"The name '{host}' of {TcpSockets.Text(address)} cannot be resolved: its resolver failed with {exception.GetType().Name}: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
