using Hawser.Cli.Calls;
using Hawser.Cli.Commands;
using Hawser.Cli.Parsing;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>The methods of schemas.</summary>
internal static class GrpcLists
{
    private const string Instead = "--proto FILE or --descriptor-set FILE";

    /// <summary>The methods that files declare.</summary>
    /// <exception cref="CommandException">A file is missing or wrong, or the service is not in them.</exception>
    public static async Task<IEnumerable<ListedMethod>> ReadFilesAsync(ProtoSettings settings, string? service, CancellationToken cancellationToken)
    {
        var schema = await SchemaFiles.LoadAsync(settings, cancellationToken);
        if (service is null)
            return schema.Services.SelectMany(List);
        return List(schema.FindService(service) ?? throw new CommandException(
            ExitCode.Usage, $"the schema has no service '{service}'.{Suggestions.For(service, schema.Services.Select(known => known.FullName))}"));
    }

    /// <summary>The methods that a server tells of: by gRPC's reflection, and those of services that have no schema by that of nodes of Hawser.</summary>
    /// <exception cref="CommandException">It tells in neither way.</exception>
    /// <exception cref="RpcException">It does not have the service.</exception>
    public static Task<IEnumerable<ListedMethod>> ReadServerAsync(CallInvoker server, string address, string? service, CancellationToken cancellationToken) =>
        service is null ? ReadAllAsync(server, address, cancellationToken) : ReadServiceAsync(server, address, service, cancellationToken);

    private static async Task<IEnumerable<ListedMethod>> ReadAllAsync(CallInvoker server, string address, CancellationToken cancellationToken)
    {
        var schema = await ServerSchema.TryReadAllAsync(server, cancellationToken);
        var described = schema?.Services.SelectMany(List) ?? [];
        var names = schema?.Services.Select(service => service.FullName).ToHashSet(StringComparer.Ordinal) ?? [];
        if (schema is not null && (await ServerSchema.TryListAsync(server, cancellationToken))?.All(names.Contains) == true)
            return described;
        var byNode = await TryAskNodeAsync(server, cancellationToken);
        return schema is null && byNode is null
            ? throw ServerSchema.Untold(address, Instead)
            : described.Concat(byNode?.Where(method => !names.Contains(ServiceOf(method))) ?? []);
    }

    private static async Task<IEnumerable<ListedMethod>> ReadServiceAsync(CallInvoker server, string address, string service, CancellationToken cancellationToken)
    {
        if ((await ServerSchema.TryReadAsync(server, service, cancellationToken))?.FindService(service) is { } found)
            return List(found);
        var byNode = await TryAskNodeAsync(server, cancellationToken);
        if (byNode?.Where(method => string.Equals(ServiceOf(method), service, StringComparison.Ordinal)).ToList() is { Count: > 0 } methods)
            return methods;
        var services = await ServerSchema.TryListAsync(server, cancellationToken);
        if (services?.Contains(service, StringComparer.Ordinal) == true)
            throw new CommandException(ExitCode.Usage, $"{address} serves '{service}', but its reflection does not describe it; use {Instead}.");
        throw (services ?? byNode?.Select(ServiceOf).Distinct(StringComparer.Ordinal)) is { } known
            ? new RpcException(StatusCode.NotFound, $"{address} has no service '{service}'.{Suggestions.For(service, known)}")
            : ServerSchema.Untold(address, Instead);
    }

    private static IEnumerable<ListedMethod> List(ServiceSchema service) => service.Methods.Select(method => new ListedMethod(
        method.FullName,
        new MethodDescription(method.FullName, method.ToMethod().Request, method.ToMethod().Response, IsOneWay: false).Kind,
        method.Input.FullName,
        method.Output.FullName));

    private static string ServiceOf(ListedMethod method) => method.Name[..method.Name.IndexOf('/', StringComparison.Ordinal)];

    private static async Task<IEnumerable<ListedMethod>?> TryAskNodeAsync(CallInvoker server, CancellationToken cancellationToken)
    {
        try
        {
            return ListCommand.Parse(await Reflection.ListAsync(server, cancellationToken)).Select(ListedMethod.Of);
        }
        catch (RpcException exception) when (exception.Code == StatusCode.Unimplemented)
        {
            return null;
        }
    }
}
