using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Tells the channels of this process that the machine's network addresses have changed.</summary>
/// <remarks>One subscription serves all; the system reports a change several times, so those that come within a quarter of a second count as one.</remarks>
internal static class NetworkWatch
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);
    private static readonly Lock Gate = new();
    private static readonly NetworkSubscribers Subscribers = new();
    private static ITimer? settled;
    private static bool isWatching;

    /// <summary>Has something done after each change, until what is returned is disposed.</summary>
    internal static IDisposable Subscribe(Action changed, ILogger logger)
    {
        lock (Gate)
        {
            if (!isWatching)
                isWatching = TryWatch();
        }

        return Subscribers.Add(changed, logger);
    }

    /// <summary>Whether this machine no longer has the address that a connection was made from; false when that does not matter or cannot be known.</summary>
    internal static bool HasLost(string localAddress)
    {
        // QUIC could move a connection to another address, but System.Net.Quic does not: it is as lost as any other.
        if (!Uri.TryCreate(localAddress, UriKind.Absolute, out var uri) || !IPAddress.TryParse(uri.Host, out var address) || IPAddress.IsLoopback(address))
            return false;
        try
        {
            return !NetworkInterface.GetAllNetworkInterfaces()
                .Where(static one => one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
                .Any(one => one.Address.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()));
        }
        catch (NetworkInformationException)
        {
            return false;
        }
    }

    private static bool TryWatch()
    {
        try
        {
            NetworkChange.NetworkAddressChanged += static (_, _) => OnChange();
            return true;
        }
        catch (NetworkInformationException)
        {
            // Where the system does not tell, keep-alive finds out, and who knows better calls HawserChannel.NetworkChanged.
            return false;
        }
    }

    private static void OnChange()
    {
        lock (Gate)
        {
            settled ??= TimeProvider.System.CreateTimer(static _ => Subscribers.Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            settled.Change(Settling, Timeout.InfiniteTimeSpan);
        }
    }
}
