using System.Net;
using System.Text.RegularExpressions;
using Hawser.Frames;
using Hawser.Transports;

namespace Hawser;

/// <summary>Makes of a channel's addresses what its calls are made on.</summary>
internal sealed partial class ChannelFactory(HawserChannelOptions options, EndpointRegistry endpoints, ChannelCallbacks callbacks)
{
    private readonly TransportRegistry transports = new(options.Transports);

    /// <summary>Makes it.</summary>
    /// <param name="addresses">One address, or several separated by commas.</param>
    /// <exception cref="ArgumentException">An address is wrong; the text says how.</exception>
    internal ChannelClient Create(string addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var all = Commas().Split(addresses);
        foreach (var address in all)
            CredentialsTransport.Check(options, address);
        var wires = all.Select(address => WireRegistry.Find(options.Wires, address)).ToArray();
        if (wires.All(static wire => wire is null))
            return CreateFrames([.. all.Select(FindFrames)], ConnectionCredentialsRequest.Of(options, addresses));
        if (Array.IndexOf(wires, null) is var other and >= 0)
        {
            throw new ArgumentException(
                $"'{all[other]}' and '{all[Array.FindIndex(wires, static wire => wire is not null)]}' are of different wires; a channel's addresses are all of one.", nameof(addresses));
        }

        return CreateWire([.. wires.Select(static wire => wire!.Value)]);
    }

    /// <summary>A comma before a scheme; others are part of a path or a name.</summary>
    [GeneratedRegex(@"\s*,\s*(?=[A-Za-z][A-Za-z0-9+.\-]*:)")]
    private static partial Regex Commas();

    private FrameAddress FindFrames(string address)
    {
        var (transport, uri) = transports.Find(address);
        return new FrameAddress(transport, uri, options.Transport);
    }

    /// <param name="addresses">The addresses.</param>
    /// <param name="credentials">Shared by the servers, however many there are: each would ask for the same.</param>
    private ChannelClient CreateFrames(FrameAddress[] addresses, ConnectionCredentialsRequest? credentials) =>
        options.LoadBalancing == LoadBalancing.PickFirst
            ? new FrameClient(addresses, options, endpoints, callbacks, credentials)
            : new BalancedClient([.. addresses.Select(address => new ServerSet(address.Uri, address.Text, address.HasName, host => new FrameClient([host is null ? address : address.At(host)], options, endpoints, callbacks, credentials)))], options);

    private ChannelClient CreateWire((Wire Wire, Uri Address)[] addresses)
    {
        if (addresses is [var (wire, only)] && options.LoadBalancing == LoadBalancing.PickFirst)
            return wire.Connect(only, host: null, options, endpoints, callbacks);
        return new BalancedClient([.. addresses.Select(one => new ServerSet(
            one.Address,
            TcpSockets.Text(one.Address),
            HasName: options.LoadBalancing != LoadBalancing.PickFirst && !IPAddress.TryParse(one.Address.Host, out _),
            host => one.Wire.Connect(one.Address, host, options, endpoints, callbacks)))], options);
    }
}
