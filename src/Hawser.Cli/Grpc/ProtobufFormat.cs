using System.Buffers;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>Messages in protobuf, shown by protobuf's JSON mapping.</summary>
internal sealed class ProtobufFormat : MessageFormat
{
    private readonly MethodSchema method;
    private readonly ProtoJsonOptions options;
    private readonly ArrayBufferWriter<byte> request = new();

    /// <param name="method">The method.</param>
    /// <param name="types">Where the types within <c>google.protobuf.Any</c> are found.</param>
    /// <param name="settings">What the user said.</param>
    public ProtobufFormat(MethodSchema method, ProtoSchema types, ProtoSettings settings)
    {
        this.method = method;
        options = new ProtoJsonOptions
        {
            IncludeDefaults = settings.EmitDefaults,
            UseProtoNames = settings.UseProtoNames,
            Types = types,
        };
    }

    /// <summary>A message without fields has no bytes; gRPC always sends one where the method takes one.</summary>
    public override ReadOnlyMemory<byte>? EmptyMessage => ReadOnlyMemory<byte>.Empty;

    public override ReadOnlySequence<byte> ToMessage(ReadOnlySequence<byte> json)
    {
        try
        {
            var message = ProtoJson.Parse(method.Input, json, options);
            if (message.FindMissing() is { Count: > 0 } missing)
                throw new CommandException(ExitCode.BadJson, $"the request is no {method.Input.FullName}: it needs {string.Join(", ", missing)}.");
            request.ResetWrittenCount();
            message.WriteTo(request);
            return new ReadOnlySequence<byte>(request.WrittenMemory);
        }
        catch (ProtoJsonException exception)
        {
            throw new CommandException(ExitCode.BadJson, $"the request is no {method.Input.FullName}: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    public override void WriteJson(ReadOnlySequence<byte> message, IBufferWriter<byte> output)
    {
        try
        {
            ProtoJson.Write(DynamicMessage.Parse(method.Output, message), output, options);
        }
        catch (FormatException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The reply cannot be shown as a {method.Output.FullName}: {exception.Message}"), null, exception);
        }
    }

    public override ReadOnlyMemory<byte> CreateMessage(long bytes)
    {
        if (bytes == 0)
            return ReadOnlyMemory<byte>.Empty;
        if (bytes > Array.MaxLength)
            throw new CommandException(ExitCode.Usage, $"--payload {bytes} is too large for a message.");
        if (method.Input.Fields is not [{ Kind: FieldKind.Bytes, IsRepeated: false } field])
            throw new CommandException(ExitCode.Usage, $"--payload fills the one field of bytes of a request, which {method.Input.FullName} is not; give the request as JSON.");
        var message = new DynamicMessage(method.Input);
        message.Set<ReadOnlyMemory<byte>>(field, new byte[bytes]);
        return message.ToByteArray();
    }

    public override IReadOnlyList<string> DescribeDetails(Status status) => StatusDetails.Describe(status.Details, options.Types);
}
