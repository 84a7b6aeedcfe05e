using System.Net;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A request's body that the test writes while the response is already on its way.</summary>
internal sealed class RequestStream : HttpContent
{
    private readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends bytes now.</summary>
    public async Task WriteAsync(byte[] bytes)
    {
        var stream = await Patience.ForAsync(opened.Task, "the request to be sent");
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    /// <summary>Ends the request.</summary>
    public void Complete() => completed.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // Without a flush the headers wait for the first bytes.
        await stream.FlushAsync();
        opened.SetResult(stream);
        await completed.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
