using Hawser.Cli.Calls;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>Finds out what a gRPC method takes and gives.</summary>
internal static class GrpcMethods
{
    private const string ProtobufCodec = "proto";

    /// <summary>What the files that the user named, or the server, say about a method; null when the user said that it is JSON and nobody tells more.</summary>
    /// <exception cref="CommandException">A file is wrong or does not have the method, or the server does not tell its schema.</exception>
    /// <exception cref="RpcException">The server does not have the method.</exception>
    public static async Task<CalledMethod?> FindAsync(CallTarget target, HawserChannel channel, CancellationToken cancellationToken)
    {
        if (target.Messages.HasFiles)
        {
            var files = await SchemaFiles.LoadAsync(target.Messages, cancellationToken);
            return Called(FindIn(files, target.Method), files, target);
        }

        if (target.Messages.IsJson)
            return await target.DescribeByNodeAsync(channel, cancellationToken);

        var service = target.Method[..target.Method.IndexOf('/', StringComparison.Ordinal)];
        var schema = await ServerSchema.TryReadAsync(channel, service, cancellationToken);
        if (schema?.FindMethod(target.Method) is { } found)
            return Called(found, await TypesForAsync(found, channel, cancellationToken), target);

        // Handlers without a contract speak JSON; their node says so in its own way.
        if (target.Messages.Codec is null && await target.DescribeByNodeAsync(channel, cancellationToken) is { } described)
            return described;
        if (schema is not null)
            throw Missing(target, schema.FindService(service)?.Methods.Select(method => method.FullName) ?? []);
        throw await ServerSchema.TryListAsync(channel, cancellationToken) is { } services
            ? Missing(target, await NamesOfAsync(channel, services, service, cancellationToken))
            : ServerSchema.Untold(target.Address, "--proto FILE, --descriptor-set FILE or --codec json");
    }

    private static MethodSchema FindIn(ProtoSchema schema, string name) => schema.FindMethod(name) ?? throw new CommandException(
        ExitCode.Usage, $"the schema has no method '{name}'.{Suggestions.For(name, schema.Services.SelectMany(service => service.Methods).Select(method => method.FullName))}");

    /// <summary>Where the types within <c>google.protobuf.Any</c> are found. They may be in any file, so that all are asked for, but only where there is such a field.</summary>
    private static async Task<ProtoSchema> TypesForAsync(MethodSchema method, HawserChannel channel, CancellationToken cancellationToken)
    {
        var own = method.Service.File.Schema;
        var mayHoldAny = own.Files.Any(file => file.Messages.Any(message => message.WellKnownType == WellKnownType.Any));
        return mayHoldAny ? await ServerSchema.TryReadAllAsync(channel, cancellationToken) ?? own : own;
    }

    private static CalledMethod Called(MethodSchema method, ProtoSchema types, CallTarget target)
    {
        var known = method.ToMethod();
        var description = new MethodDescription(known.FullName, known.Request, known.Response, IsOneWay: false) { Codec = ProtobufCodec };
        return new CalledMethod(description, new ProtobufFormat(method, types, target.Messages), IsDescribed: true);
    }

    /// <summary>The methods of the services that are called almost like the wanted one.</summary>
    private static async Task<IEnumerable<string>> NamesOfAsync(HawserChannel channel, IReadOnlyList<string> services, string wanted, CancellationToken cancellationToken)
    {
        var near = Suggestions.Nearest(wanted, services);
        var names = new List<string>();
        foreach (var service in near)
        {
            if (await ServerSchema.TryReadAsync(channel, service, cancellationToken) is { } schema)
                names.AddRange(schema.FindService(service)?.Methods.Select(method => method.FullName) ?? []);
        }

        return names;
    }

    private static RpcException Missing(CallTarget target, IEnumerable<string> names) => new(
        StatusCode.Unimplemented, $"{target.Address} does not serve '{target.Method}'.{Suggestions.For(target.Method, names)} 'hawser list {target.Address}' shows what it serves.");
}
