using Hawser.Grpc.Health.Messages;

namespace Hawser.Grpc.Health;

/// <summary>The health of one server: what was set, what is served, and whether it is stopping.</summary>
internal sealed class ServedHealth(ServerHealth health, EndpointRegistry endpoints, CancellationToken draining)
{
    /// <summary>Whether the server is stopping, so that nothing changes any more.</summary>
    internal bool IsFinal => draining.IsCancellationRequested;

    /// <summary>The status as it is told; <see cref="HealthCheckResponse.Types.ServingStatus.ServiceUnknown"/> for a service that is neither set nor served.</summary>
    internal HealthCheckResponse.Types.ServingStatus StatusOf(string service)
    {
        var status = health.Find(service) ?? (IsServed(service) ? health.Find(ServerHealth.Overall) : null);
        if (status is null)
            return HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
        return IsFinal ? HealthCheckResponse.Types.ServingStatus.NotServing : (HealthCheckResponse.Types.ServingStatus)status;
    }

    /// <summary>Lets a callback know of everything that may change a status, until what it returns is disposed.</summary>
    internal IDisposable Subscribe(Action changed) => new Subscription(health, endpoints, changed, draining);

    private bool IsServed(string service)
    {
        foreach (var endpoint in endpoints)
        {
            var name = endpoint.Method.FullName.AsSpan();
            if (name[..name.IndexOf('/')].SequenceEqual(service))
                return true;
        }

        return false;
    }

    private sealed class Subscription : IDisposable
    {
        private readonly ServerHealth health;
        private readonly EndpointRegistry endpoints;
        private readonly EventHandler changed;
        private readonly CancellationTokenRegistration registration;

        internal Subscription(ServerHealth health, EndpointRegistry endpoints, Action changed, CancellationToken draining)
        {
            this.health = health;
            this.endpoints = endpoints;
            this.changed = (_, _) => changed();
            health.Changed += this.changed;
            endpoints.Changed += this.changed;
            registration = draining.UnsafeRegister(static state => ((Action)state!)(), changed);
        }

        public void Dispose()
        {
            health.Changed -= changed;
            endpoints.Changed -= changed;
            registration.Dispose();
        }
    }
}
