namespace Hawser.Grpc;

/// <summary>Something that was said while the application was built, and is done when its registry is made.</summary>
/// <param name="Apply">Adds endpoints.</param>
internal sealed record EndpointMapping(Action<EndpointRegistry> Apply);
