using Hawser.Protobuf;

namespace Hawser.Grpc.Reflection;

/// <summary>What a server's reflection tells: the services that it has, and the schema of those that have one.</summary>
/// <param name="Services">The full names of all services, sorted; those without a schema too.</param>
/// <param name="Schema">The files.</param>
internal sealed record ServedSchema(IReadOnlyList<string> Services, ProtoSchema Schema);
