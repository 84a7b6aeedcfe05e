using System.Buffers;
using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Contracts;

/// <summary>A call in protobuf, shown to a handler that speaks something else.</summary>
internal sealed class ContractServerCall(ServerCall inner, Contract contract) : ServerCall
{
    private readonly PooledBuffer read = new();
    private readonly PooledBuffer written = new();
    private ReadOnlySequence<byte> message;
    private OctetsReader? requestOctets;
    private OctetsWriter? responseOctets;

    public override Method Method => inner.Method;

    public override string Codec => Method.Codec ?? inner.Codec;

    public override Metadata RequestMetadata => inner.RequestMetadata;

    public override DateTimeOffset? Deadline => inner.Deadline;

    public override CancellationToken CancellationToken => inner.CancellationToken;

    public override Connection Connection => inner.Connection;

    public override CallItems Items => inner.Items;

    public override ReadOnlySequence<byte> Message => message;

    public override bool IsMessageCompressed => inner.IsMessageCompressed;

    public override PipeReader RequestOctets
    {
        get
        {
            if (Method.Request < Body.Octets)
                return inner.RequestOctets;

            // What pumps the octets may come back to the call once more after the handler has ended: it must not find another one there.
            inner.MarkEscaped();
            return requestOctets ??= OctetsReader.Start(PumpAsync);
        }
    }

    public override PipeWriter ResponseOctets =>
        Method.Response < Body.Octets ? inner.ResponseOctets : responseOctets ??= new OctetsWriter(async octets =>
        {
            await WriteAsync(octets).ConfigureAwait(false);
            return true;
        });

    /// <summary>Answers a call by the contract.</summary>
    internal static async ValueTask InvokeAsync(ServerCall call, Contract contract, ServerCallHandler handler)
    {
        var shown = new ContractServerCall(call, contract);
        await handler(shown).ConfigureAwait(false);
        shown.written.Dispose();
        if (shown.requestOctets is { } octets)
            octets.Complete(); // its pump may be reading a message still, whose buffer is left to the garbage collector
        else
            shown.read.Dispose();
    }

    public override async ValueTask<bool> ReadAsync()
    {
        message = default;
        if (!await inner.ReadAsync().ConfigureAwait(false))
            return false;
        if (contract.Request is null)
            return true;
        read.Clear();
        try
        {
            contract.Request.FromProtobuf(inner.Message, read);
        }
        catch (FormatException failure)
        {
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, $"A request of '{Method}' is not a '{contract.Schema.Input.FullName}': {failure.Message}"), trailers: null, failure);
        }

        message = new ReadOnlySequence<byte>(read.Written);
        return true;
    }

    public override ValueTask WriteHeadersAsync(Metadata headers) => inner.WriteHeadersAsync(headers);

    public override ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None) => inner.WriteAsync(Encode(message), flags);

    public override async ValueTask FinishAsync(Status status, Metadata? trailers = null)
    {
        if (responseOctets is not null && status.IsOk)
            await responseOctets.FlushAsync().ConfigureAwait(false);
        await inner.FinishAsync(status, trailers).ConfigureAwait(false);
    }

    public override ValueTask FinishAsync(ReadOnlySequence<byte> message) => inner.FinishAsync(Encode(message));

    internal override object? HostContext => inner.HostContext;

    internal override void MarkEscaped() => inner.MarkEscaped();

    private ReadOnlySequence<byte> Encode(in ReadOnlySequence<byte> bytes)
    {
        if (contract.Response is null)
            return bytes;
        written.Clear();
        try
        {
            contract.Response.ToProtobuf(bytes, written);
        }
        catch (FormatException failure)
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"The handler of '{Method}' answered what its contract does not have: {failure.Message}"), trailers: null, failure);
        }

        return new ReadOnlySequence<byte>(written.Written);
    }

    private async ValueTask PumpAsync(PipeWriter octets)
    {
        while (await ReadAsync().ConfigureAwait(false))
        {
            foreach (var piece in message)
                octets.Write(piece.Span);
            var flush = await octets.FlushAsync().ConfigureAwait(false);
            if (flush.IsCompleted)
                return;
        }
    }
}
