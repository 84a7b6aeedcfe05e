using Hawser.Cli.Calls;
using Hawser.Cli.Commands;
using Hawser.Cli.Parsing;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>Shows what schemas declare.</summary>
internal static class GrpcDescriptions
{
    /// <summary>Shows what files declare.</summary>
    /// <exception cref="CommandException">A file is missing or wrong, or does not have the symbol.</exception>
    public static async Task<int> DescribeFilesAsync(ProtoSettings settings, DescribeSettings wanted, CancellationToken cancellationToken)
    {
        var schema = await SchemaFiles.LoadAsync(settings, cancellationToken);
        if (wanted.Symbol is { } symbol && Find(schema, symbol) is null)
            throw new CommandException(ExitCode.Usage, $"the schema has no '{symbol}'.{Suggestions.For(symbol, SchemaSymbols.NamesOf(schema))}");
        return Show(schema, wanted);
    }

    /// <summary>Shows what a server tells by reflection.</summary>
    /// <exception cref="CommandException">The server does not tell, or a file cannot be written.</exception>
    /// <exception cref="RpcException">The server does not have the symbol.</exception>
    public static async Task<int> DescribeServerAsync(Peer peer, Metadata? metadata, DescribeSettings wanted, CancellationToken cancellationToken)
    {
        await using var channel = await peer.OpenAsync(metadata, isJson: false, cancellationToken);
        return await peer.WithinDeadlineAsync(token => DescribeServerAsync(peer, channel, wanted, token), $"{peer.Address} did not tell its schema", cancellationToken);
    }

    private static async Task<int> DescribeServerAsync(Peer peer, HawserChannel channel, DescribeSettings wanted, CancellationToken cancellationToken)
    {
        if (wanted.Symbol is not { } symbol)
        {
            return Show(
                await ServerSchema.TryReadAllAsync(channel, cancellationToken) ?? throw ServerSchema.Untold(peer.Address, "--proto FILE or --descriptor-set FILE"),
                wanted);
        }

        // Servers know services for certain; whether they know a method by its name depends on who made them.
        var slash = symbol.IndexOf('/', StringComparison.Ordinal);
        var name = (slash < 0 ? symbol : symbol[..slash]).TrimStart('.');
        var schema = await ServerSchema.TryReadAsync(channel, name, cancellationToken);
        if (schema is not null && Find(schema, symbol) is not null)
            return Show(schema, wanted);
        return await DescribeUnknownAsync(channel, peer.Address, symbol, cancellationToken);
    }

    /// <summary>A node of Hawser knows methods without a schema; anything else is not there.</summary>
    private static async Task<int> DescribeUnknownAsync(HawserChannel channel, string address, string symbol, CancellationToken cancellationToken)
    {
        var all = await ServerSchema.TryReadAllAsync(channel, cancellationToken);
        try
        {
            return await DescribeCommand.PrintByNodeAsync(channel, symbol, cancellationToken);
        }
        catch (RpcException exception) when (exception.Code is StatusCode.Unimplemented or StatusCode.NotFound)
        {
            if (all is not null && (await ServerSchema.TryListAsync(channel, cancellationToken))?.Contains(symbol, StringComparer.Ordinal) == true)
                throw new RpcException(StatusCode.NotFound, $"{address} serves '{symbol}' without a schema; 'hawser list {address} {symbol}' may tell its methods.");
            throw all is null
                ? ServerSchema.Untold(address, "--proto FILE or --descriptor-set FILE")
                : new RpcException(StatusCode.NotFound, $"{address} has no '{symbol}'.{Suggestions.For(symbol, SchemaSymbols.NamesOf(all))}");
        }
    }

    private static int Show(ProtoSchema schema, DescribeSettings wanted)
    {
        if (wanted.ProtoDirectory is { } directory)
            SchemaExport.WriteProtoFiles(schema, directory);
        if (wanted.DescriptorSetFile is { } file)
            SchemaExport.WriteDescriptorSet(schema, file);
        if (wanted.Symbol is { } symbol)
            Console.WriteLine(TextOf(Find(schema, symbol)!, wanted).TrimEnd());
        else if (!wanted.IsExport)
            Console.WriteLine(string.Join(Environment.NewLine, schema.Services.Select(ServiceText)).TrimEnd());
        return ExitCode.Ok;
    }

    private static object? Find(ProtoSchema schema, string symbol) => schema.FindSymbol(symbol.TrimStart('.'));

    private static string ServiceText(ServiceSchema service) => $"// {service.FullName}{Environment.NewLine}{ProtoText.Of(service)}";

    private static string TextOf(object symbol, DescribeSettings wanted)
    {
        if (wanted.JsonSchema)
            return SchemaSymbols.JsonSchemaOf(symbol);
        if (wanted.Template)
            return MessageTemplate.Of(SchemaSymbols.MessageOf(symbol) ?? throw new CommandException(ExitCode.Usage, "--template is for messages and methods."));
        return SchemaSymbols.ProtoTextOf(symbol);
    }
}
