using System.Net;
using System.Net.Sockets;
using Hawser.Transports;

namespace Hawser;

/// <summary>The addresses of the host that a URI names, in the order in which they are to be tried.</summary>
internal static class HostAddresses
{
    /// <summary>Asks the resolver, unless the host is an address already.</summary>
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
