using System.Net.Sockets;
using Hawser.Grpc;
using Hawser.Transports;

namespace Hawser.Cli.Calls;

/// <summary>Why a server cannot be reached, with the address that would do where the scheme is what is wrong.</summary>
/// <remarks>Who answers the TCP connection but not the wire is asked in the other ways that the command knows: only an address that was seen to answer is suggested.</remarks>
internal static class UnreachableReason
{
    /// <summary>How long who hung up may take to answer in another way: only a bound against hangs, as most answer, or hang up again, at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long who said nothing may take: it has been waited for already.</summary>
    private static readonly TimeSpan PatienceWithSilence = TimeSpan.FromSeconds(2);

    /// <summary>The others that may answer at an address, the likeliest first: with or without TLS, then by another wire.</summary>
    private static readonly Dictionary<string, string[]> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tcp"] = ["tls", "grpc", "grpcs"],
        ["tls"] = ["tcp", "grpcs", "grpc"],
        ["grpc"] = ["grpcs", "tcp", "tls"],
        ["grpcs"] = ["grpc", "tls", "tcp"],
    };

    /// <summary>Puts a failure to connect in words.</summary>
    /// <param name="address">What could not be reached.</param>
    /// <param name="failure">What the channel says.</param>
    /// <param name="options">What it was tried with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string> OfAsync(string address, RpcException failure, HawserChannelOptions options, CancellationToken cancellationToken)
    {
        // That nothing was called goes without saying.
        var text = failure.Status.Text.Replace(" The call was not run.", "", StringComparison.Ordinal);
        if (address.Contains(',', StringComparison.Ordinal))
            return text;
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (IsNobodyThere(failure.GetBaseException()) || !Others.TryGetValue(address[..colon], out var others))
            return text;
        if (text.StartsWith("The certificate of ", StringComparison.Ordinal))
        {
            return options.Transport.Tls?.RemoteCertificateValidationCallback is null
                ? $"{text} --ca FILE trusts an authority, --pin FINGERPRINT this one certificate."
                : $"The certificate of {address} has another fingerprint than --pin.";
        }

        var patience = text.Contains(nameof(ConnectionLimits.HandshakeTimeout), StringComparison.Ordinal) ? PatienceWithSilence : Patience;
        var found = await FirstAnsweringAsync(others, address[colon..], options, patience, cancellationToken);
        return found is null ? text : $"{What(address[..colon])} is not spoken there, but {What(found)} is; try {found}{address[colon..]}.";
    }

    /// <summary>Whether nobody took the connection. Who took it and then cut it off is there.</summary>
    private static bool IsNobodyThere(Exception cause) =>
        cause is SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) };

    /// <summary>The first of some schemes that a connection can be opened with, all tried at once; null when there is none.</summary>
    private static async Task<string?> FirstAnsweringAsync(
        string[] schemes, string rest, HawserChannelOptions options, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(patience, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        var limits = new ConnectionLimits { HandshakeTimeout = patience };
        var attempts = schemes.Select(async scheme => await AnswersAsync(scheme + rest, options, limits, either.Token) ? scheme : null).ToList();
        string? found = null;
        await foreach (var attempt in Task.WhenEach(attempts))
        {
            found ??= await attempt;
            if (found is not null)
                await over.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return found;
    }

    private static string What(string scheme) => scheme.ToUpperInvariant() switch
    {
        "TCP" => "Hawser's wire without TLS",
        "TLS" => "Hawser's wire with TLS",
        "GRPC" => "gRPC without TLS",
        _ => "gRPC with TLS",
    };

    /// <summary>Whether a connection can be opened; nothing is called on it, so that it does not matter who shows which certificate.</summary>
    private static async Task<bool> AnswersAsync(string address, HawserChannelOptions options, ConnectionLimits limits, CancellationToken cancellationToken)
    {
        var tls = ClientTransportOptions.AcceptingAnyCertificate().Tls!;
        tls.ClientCertificateContext = options.Transport.Tls?.ClientCertificateContext;
        await using var channel = HawserChannel.Connect(
            address,
            new HawserChannelOptions { Transport = new ClientTransportOptions { Tls = tls }, Wires = [new GrpcWire()], Limits = limits, TimeProvider = options.TimeProvider });
        try
        {
            await channel.OpenAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            return false;
        }
    }
}
