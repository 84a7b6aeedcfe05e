using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace Hawser.Transports;

/// <summary>Says what a QUIC error means for the address that was asked for.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static class QuicFailure
{
    public static IOException Connect(string address, QuicException exception) => exception.QuicError switch
    {
        QuicError.ConnectionRefused => new($"Nothing listens on {address} (connection refused), or its server is too busy.", exception),
        _ => new($"{address} cannot be reached ({Reason(exception)}).", exception),
    };

    /// <summary>A port that nobody has is told from a machine that is not there by nothing that QUIC lets through.</summary>
    public static IOException Connect(string address, SocketException exception) => exception.SocketErrorCode is SocketError.HostUnreachable
        ? new($"Nothing listens on {address} (the port or its host cannot be reached over UDP).", exception)
        : SocketFailure.Connect(address, exception);

    public static IOException Listen(string address, QuicException exception) => new($"{address} cannot be listened on ({Reason(exception)}).", exception);

    /// <summary>Whether an exception is one of those in which System.Net.Quic tells that a stream or its link has ended.</summary>
    public static bool IsEnd(Exception exception) => exception is QuicException or ObjectDisposedException or AuthenticationException or SocketException;

    /// <summary>What ended a whole link.</summary>
    public static IOException Cut(string peer, Exception exception) => exception switch
    {
        QuicException { QuicError: QuicError.ConnectionAborted } closed => new($"The link to {peer} was cut: {Reason(closed)}.", exception),
        QuicException { QuicError: QuicError.OperationAborted } or ObjectDisposedException => new($"The link to {peer} was closed by this side.", exception),
        QuicException other => new($"The link to {peer} was cut: {Reason(other)}.", exception),
        AuthenticationException => new(
            $"The link to {peer} was cut: the peer refused this side in the TLS handshake ({exception.Message.TrimEnd('.')}). Does it ask for a client certificate that it trusts?", exception),
        _ => new($"The link to {peer} was cut: {exception.Message.TrimEnd('.')}.", exception),
    };

    private static string Reason(QuicException exception) => exception.QuicError switch
    {
        QuicError.AlpnInUse => "the address is already in use",
        QuicError.ConnectionAborted => $"the peer closed it with code {CodeText(exception.ApplicationErrorCode)}",
        QuicError.ConnectionIdle or QuicError.ConnectionTimeout => "timed out",
        QuicError.ConnectionRefused => "connection refused",
        QuicError.VersionNegotiationError => "the peer speaks no version of QUIC that this side does",
        _ => exception.Message.TrimEnd('.'),
    };

    /// <summary>An error of ours is the number of a status.</summary>
    private static string CodeText(long? code) => code is { } number && Enum.IsDefined((StatusCode)number) ? $"{number} ({(StatusCode)number})" : $"{code}";
}
