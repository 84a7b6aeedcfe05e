using System.Collections.Immutable;

namespace Hawser.Grpc;

/// <summary>What a gRPC server tells of its health: for the server as a whole, and for single services.</summary>
/// <remarks>
/// Safe from any thread. The server as a whole is <see cref="ServingStatus.Serving"/> until set otherwise; a service that is served and has no status of its own has that of the
/// whole. Callers that watch are told of every change that lasts; of changes in quick succession they may see the last one only. A server that stops tells
/// <see cref="ServingStatus.NotServing"/> of everything, whatever was set.
/// </remarks>
public sealed class ServerHealth
{
    /// <summary>The name that stands for the server as a whole.</summary>
    public const string Overall = "";

    private ImmutableDictionary<string, ServingStatus> statuses = ImmutableDictionary.Create<string, ServingStatus>(StringComparer.Ordinal).Add(Overall, ServingStatus.Serving);

    /// <summary>Raised after every change, on the thread that made it.</summary>
    internal event EventHandler? Changed;

    /// <summary>Sets a status.</summary>
    /// <param name="service">The full name of a service, <c>package.Service</c>, whether it is served or not; <see cref="Overall"/> for the server as a whole.</param>
    /// <param name="status">The status from now on.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such status.</exception>
    public void Set(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!Enum.IsDefined(status))
            throw new ArgumentOutOfRangeException(nameof(status), status, "There is no such status.");
        ImmutableInterlocked.AddOrUpdate(ref statuses, service, status, (_, _) => status);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Forgets a service's status, so that it has that of the whole again if it is served.</summary>
    /// <param name="service">The full name of the service; not <see cref="Overall"/>.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The server as a whole always has a status.</exception>
    public bool Clear(string service)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        if (!ImmutableInterlocked.TryRemove(ref statuses, service, out _))
            return false;
        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>The status that was set.</summary>
    /// <param name="service">The full name of a service; <see cref="Overall"/> for the server as a whole.</param>
    /// <returns>The status; null where none was set.</returns>
    public ServingStatus? Find(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return statuses.TryGetValue(service, out var status) ? status : null;
    }
}
