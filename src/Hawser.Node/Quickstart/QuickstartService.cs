using System.IO.Pipelines;
using System.Text.Json;

namespace Hawser.Node.Quickstart;

/// <summary>What <c>hawser up</c> serves out of the box: one method of every shape, to try a client, a network or a load on.</summary>
/// <remarks>It keeps nothing between calls; every number that a caller gives is bounded by <see cref="QuickstartLimits"/>.</remarks>
public static class QuickstartService
{
    /// <summary>The service's name, the first part of its methods' full names.</summary>
    public const string Name = "Quickstart";

    /// <summary>The response header that tells how many octets will follow, for progress bars.</summary>
    public const string OctetsLengthHeader = "octets-length";

    private const string DefaultCallBackMethod = "Client/Hello";

    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}");

    /// <summary>Maps every method of the service.</summary>
    /// <param name="endpoints">The registry to map them in.</param>
    /// <exception cref="ArgumentException">One of the methods is mapped already.</exception>
    public static void MapTo(EndpointRegistry endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.Map("Quickstart/Echo", (JsonElement message) => message);
        endpoints.Map("Quickstart/Count", Count);
        endpoints.Map("Quickstart/Sum", SumAsync);
        endpoints.Map("Quickstart/Chat", (IAsyncEnumerable<JsonElement> messages) => messages);
        endpoints.Map("Quickstart/Upload", UploadAsync);
        endpoints.Map("Quickstart/Download", DownloadAsync);
        endpoints.Map("Quickstart/Ping", (ReadOnlyMemory<byte> message) => message);
        endpoints.Map("Quickstart/Flood", Flood);
        endpoints.Map("Quickstart/Fail", Fail);
        endpoints.Map("Quickstart/CallMeBack", CallMeBackAsync);
    }

    internal static async IAsyncEnumerable<Number> Count(CountRequest request)
    {
        QuickstartLimits.Check("to", request.To, QuickstartLimits.MaxCount);
        await ValueTask.CompletedTask;
        for (long value = 1; value <= request.To; value++)
            yield return new Number(value);
    }

    internal static async Task<SumReply> SumAsync(IAsyncEnumerable<Number> numbers)
    {
        long total = 0;
        await foreach (var number in numbers)
        {
            try
            {
                total = checked(total + number.Value);
            }
            catch (OverflowException exception)
            {
                throw new RpcException(new Status(StatusCode.OutOfRange, $"The sum leaves the range of 64 bits at {total} + {number.Value}."), null, exception);
            }
        }

        return new SumReply(total);
    }

    internal static async Task<UploadReply> UploadAsync(PipeReader octets, CancellationToken cancellationToken)
    {
        long bytes = 0;
        var checksum = default(Crc32C);
        while (true)
        {
            var read = await octets.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                checksum.Append(segment.Span);
            bytes += read.Buffer.Length;
            octets.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return new UploadReply(bytes, checksum.Value.ToString("x8"));
        }
    }

    internal static async Task DownloadAsync(DownloadRequest request, PipeWriter octets, CallContext context)
    {
        QuickstartLimits.Check("bytes", request.Bytes, QuickstartLimits.MaxDownloadBytes);
        await context.WriteHeadersAsync(new Metadata().Add(OctetsLengthHeader, request.Bytes.ToString()));
        for (var remaining = request.Bytes; remaining > 0;)
        {
            // The shared block itself is handed over: nothing is copied on this side of the pipe.
            var length = (int)Math.Min(remaining, OctetPattern.BlockLength);
            var flushed = await octets.WriteAsync(OctetPattern.Block[..length], context.CancellationToken);
            if (flushed.IsCompleted)
                return;
            remaining -= length;
        }
    }

    internal static IAsyncEnumerable<ReadOnlyMemory<byte>> Flood(FloodRequest request)
    {
        QuickstartLimits.Check("messages", request.Messages, QuickstartLimits.MaxFloodMessages);
        QuickstartLimits.Check("bytes", request.Bytes, QuickstartLimits.MaxFloodMessageBytes);
        return new FloodMessages(request.Messages, OctetPattern.Block[..request.Bytes]);
    }

    internal static void Fail(FailRequest request)
    {
        if (request.Code is < (int)StatusCode.Ok or > (int)StatusCode.Unauthenticated)
            throw new RpcException(StatusCode.InvalidArgument, $"'code' is {request.Code}; the statuses have the numbers 0…16.");
        var text = Bounded("text", request.Text);
        var reason = Bounded("reason", request.Reason);
        if (request.Code == (int)StatusCode.Ok)
            return;
        var code = (StatusCode)request.Code;
        throw new RpcException(new Status(code, text, reason.Length == 0 ? default : FailureDetails.Encode(code, text, reason)));
    }

    internal static async Task<JsonElement> CallMeBackAsync(CallMeBackRequest request, CallContext context)
    {
        var method = request.Method ?? DefaultCallBackMethod;

        // Two nodes that call each other back would go on until one has no calls left.
        if (string.Equals(method, "Quickstart/CallMeBack", StringComparison.Ordinal))
            throw new RpcException(StatusCode.InvalidArgument, "'method' is Quickstart/CallMeBack itself; name another method of yours.");
        var options = new CallOptions { Timeout = QuickstartLimits.CallBackTimeout, CancellationToken = context.CancellationToken };
        return await context.Connection.CallAsync<JsonElement, JsonElement>(method, request.Message ?? EmptyObject, options);
    }

    private static string Bounded(string what, string? text)
    {
        if (text?.Length > QuickstartLimits.MaxFailTextLength)
            throw new RpcException(StatusCode.OutOfRange, $"'{what}' has {text.Length} characters; this service allows {QuickstartLimits.MaxFailTextLength}.");
        return text ?? "";
    }
}
