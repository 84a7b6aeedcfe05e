namespace Hawser.Grpc;

/// <summary>Whether a service can be called, in the terms of <c>grpc.health.v1</c>.</summary>
public enum ServingStatus
{
    /// <summary>Nobody knows yet.</summary>
    Unknown = 0,

    /// <summary>It can be called.</summary>
    Serving = 1,

    /// <summary>It should not be called now.</summary>
    NotServing = 2,
}
