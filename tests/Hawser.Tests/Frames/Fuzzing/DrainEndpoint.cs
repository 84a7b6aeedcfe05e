namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>Reads all that it is sent, and counts how often it was started and has ended.</summary>
internal sealed class DrainEndpoint(Method method) : Endpoint(method)
{
    private static int running;

    /// <summary>How many handlers of all endpoints have started and not ended.</summary>
    public static int Running => Volatile.Read(ref running);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        Interlocked.Increment(ref running);
        try
        {
            while (await call.ReadAsync())
                _ = call.Message.Length;
            while (Method.Request >= Body.Octets)
            {
                var read = await call.RequestOctets.ReadAsync();
                call.RequestOctets.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            if (Method.Response == Body.Stream)
                await call.WriteAsync(new("reply"u8.ToArray()));
            await call.FinishAsync(Status.Ok);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }
}
