using System.Net;

namespace Hawser;

/// <summary>Finds the addresses of a host. A channel asks before each attempt to connect, so a failure, or a host that has moved, is never remembered.</summary>
/// <remarks>
/// Implementations are safe from any thread, and wait for an answer without blocking the caller's. Built in are <see cref="SystemNameResolver"/>, the default,
/// <see cref="StaticNameResolver"/> and <see cref="DnsNameResolver"/>.
/// </remarks>
public interface INameResolver
{
    /// <summary>Finds the addresses of a host.</summary>
    /// <param name="host">The name, in ASCII (an international name is already in its <c>xn--</c> form). Never an address in digits: those need no resolver.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The addresses, the best first within each family; at least one. Beyond 64 they are ignored.</returns>
    /// <exception cref="IOException">There are none, or nobody could be asked; the text says which and why.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The same, where the system's words say enough.</exception>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}
