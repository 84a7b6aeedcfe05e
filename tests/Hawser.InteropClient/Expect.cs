namespace Hawser.Interop.Client;

/// <summary>What cases expect of servers; each says what came instead.</summary>
internal static class Expect
{
    public static void Equal<T>(string what, T received, T wanted)
    {
        if (!EqualityComparer<T>.Default.Equals(received, wanted))
            throw new CaseFailedException($"{what} is '{received}' instead of '{wanted}'");
    }

    public static void Zeros(Payload? payload, int size)
    {
        Equal("the size of a response's payload", payload?.Body.Length ?? 0, size);
        Equal("whether a response's payload has anything but zeros", payload?.Body.Span.ContainsAnyExcept((byte)0) ?? false, false);
    }

    public static void Status(Status? received, StatusCode code, string? text = null)
    {
        if (received is null)
            throw new CaseFailedException("the call has not ended");
        if (received.Code != code)
            throw new CaseFailedException($"the status is {received} instead of {code}");
        if (text is not null)
            Equal("the status's text", received.Text, text);
    }

    /// <summary>Expects a call to fail.</summary>
    public static async Task FailureAsync(Func<Task> call, StatusCode code, string? text = null)
    {
        try
        {
            await call();
        }
        catch (RpcException exception)
        {
            Status(exception.Status, code, text);
            return;
        }

        throw new CaseFailedException($"the call succeeded; it should have ended with {code}");
    }

    /// <summary>Expects responses of these sizes, and no more.</summary>
    public static async Task ResponsesAsync(IAsyncEnumerable<StreamingOutputCallResponse> responses, params int[] sizes)
    {
        var count = 0;
        await foreach (var response in responses)
        {
            if (count < sizes.Length)
                Zeros(response.Payload, sizes[count]);
            count++;
        }

        Equal("the number of responses", count, sizes.Length);
    }
}
