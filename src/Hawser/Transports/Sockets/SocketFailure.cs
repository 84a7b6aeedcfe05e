using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>Says what a socket error means for the address that was asked for.</summary>
internal static class SocketFailure
{
    public static IOException Connect(string address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new($"Nothing listens on {address} (connection refused).", exception),
        _ => new($"{address} cannot be reached ({Reason(exception.SocketErrorCode, exception)}).", exception),
    };

    public static IOException Resolve(string host, string address, SocketException exception) =>
        new($"The name '{host}' of {address} cannot be resolved ({Reason(exception.SocketErrorCode, exception)}).", exception);

    public static IOException Listen(string address, SocketException exception) =>
        new($"{address} cannot be listened on ({Reason(exception.SocketErrorCode, exception)}).", exception);

    public static IOException Accept(string address, SocketException exception) =>
        new($"{address} cannot accept a connection for now ({Reason(exception.SocketErrorCode, exception)}).", exception);

    public static IOException Cut(string peer, SocketError error)
    {
        var exception = new SocketException((int)error);
        return new IOException($"The link to {peer} was cut: {Reason(error, exception)}.", exception);
    }

    private static string Reason(SocketError error, SocketException exception) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted => "connection reset by peer",
        SocketError.TimedOut => "timed out",
        SocketError.AddressAlreadyInUse => "the address is already in use",
        SocketError.AddressNotAvailable => "the address is not one of this machine's",
        SocketError.AccessDenied => "permission denied",
        SocketError.HostNotFound or SocketError.NoData => "no such host",
        SocketError.TooManyOpenSockets => "too many open files",
        _ => exception.Message.TrimEnd('.'),
    };
}
