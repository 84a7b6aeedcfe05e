namespace Hawser.Transports;

/// <summary>Knows which transport an address is for.</summary>
internal sealed class TransportRegistry
{
    private readonly Dictionary<string, Transport> transports = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those built in and the caller's own, which may replace a built-in one.</summary>
    public TransportRegistry(IEnumerable<Transport> more)
    {
        Transport[] builtIn = [new TcpTransport(), new TlsTransport(), new QuicTransport(QuicSupport.OfThisMachine), new UnixTransport(), new InProcessTransport()];
        foreach (var transport in builtIn.Concat(more))
            transports[transport.Scheme] = transport;
    }

    /// <summary>Finds the transport of an address.</summary>
    /// <exception cref="ArgumentException">The address cannot be read, or no transport has its scheme; the text says what is wrong.</exception>
    public (Transport Transport, Uri Address) Find(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw new ArgumentException($"'{address}' is no address: it has no scheme. Write for instance tcp://127.0.0.1:4772.", nameof(address));

        var scheme = address[..colon];
        if (!transports.TryGetValue(scheme, out var transport))
            throw new ArgumentException($"The scheme '{scheme}' of '{address}' is not known; known are {string.Join(", ", transports.Keys)}{Hint(scheme)}.", nameof(address));
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw new ArgumentException($"'{address}' is no address that can be read; write for instance {Example(scheme)}.", nameof(address));
        if (transport.HasHosts)
            RequireHostAndPort(address, uri);
        return (transport, uri);
    }

    private static void RequireHostAndPort(string address, Uri uri)
    {
        if (uri.Host.Length == 0)
            throw new ArgumentException($"'{address}' names no host; write for instance {Example(uri.Scheme)}.", nameof(address));
        if (uri.Port < 0)
            throw new ArgumentException($"'{address}' names no port; write for instance {uri.Scheme}://{uri.Host}:4772.", nameof(address));
        if (uri.PathAndQuery is not ("/" or "") || uri.UserInfo.Length > 0)
            throw new ArgumentException($"'{address}' has more than a host and a port; write {uri.Scheme}://{uri.Host}:{uri.Port}.", nameof(address));
    }

    private static string Hint(string scheme) => scheme.ToUpperInvariant() is "GRPC" or "GRPCS"
        ? ", and with the package Hawser.Grpc and the option Wires = [new GrpcWire()] also grpc and grpcs"
        : "";

    private static string Example(string scheme) => scheme switch
    {
        "unix" => "unix:/run/hawser.sock",
        "inproc" => "inproc:name",
        _ => $"{scheme}://127.0.0.1:4772",
    };
}
