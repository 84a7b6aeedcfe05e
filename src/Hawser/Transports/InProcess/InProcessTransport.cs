using System.Collections.Concurrent;

namespace Hawser.Transports;

/// <summary><c>inproc:name</c>: links within this process, without sockets and with one copy only. Names belong to the whole process.</summary>
internal sealed class InProcessTransport : Transport
{
    private static readonly ConcurrentDictionary<string, InProcessListener> Listeners = new(StringComparer.Ordinal);

    public override string Scheme => "inproc";

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        var name = Name(address);
        if (Listeners.TryGetValue(name, out var listener))
        {
            var (client, server) = InProcessConnection.CreatePair(name);
            if (await listener.TryAddAsync(server, cancellationToken).ConfigureAwait(false))
                return client;
        }

        throw new IOException($"Nothing listens on {name} (no such name in this process).");
    }

    public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken)
    {
        var name = Name(address);
        var listener = new InProcessListener(new Uri(name), options.Backlog, ended => Listeners.TryRemove(KeyValuePair.Create(name, ended)));
        if (!Listeners.TryAdd(name, listener))
            throw new IOException($"{name} cannot be listened on (the name is already in use in this process).");
        return new(listener);
    }

    private static string Name(Uri address)
    {
        var text = address.OriginalString;
        var name = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/');
        return name.Length > 0 ? "inproc:" + name : throw new ArgumentException($"'{text}' has no name; write inproc:NAME.", nameof(address));
    }
}
