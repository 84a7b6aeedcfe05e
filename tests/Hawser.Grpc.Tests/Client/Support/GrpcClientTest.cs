namespace Hawser.Grpc.Tests.Client;

/// <summary>What all tests of the client share.</summary>
public abstract class GrpcClientTest
{
    protected const string Echo = "Test/Echo";

    protected static readonly byte[] Hello = [1, 2, 3];

    /// <summary>The failure of a call that must fail.</summary>
    protected static Task<RpcException> FailureOfAsync<T>(ValueTask<T> call) => Assert.ThrowsAsync<RpcException>(() => call.AsTask());

    /// <summary>The items of a stream, and how it failed, if it did.</summary>
    protected static async Task<(List<byte[]> Items, RpcException? Failure)> ReadAllAsync(IAsyncEnumerable<byte[]> stream)
    {
        var items = new List<byte[]>();
        try
        {
            await foreach (var item in stream)
                items.Add(item);
            return (items, null);
        }
        catch (RpcException failure)
        {
            return (items, failure);
        }
    }

    protected static async IAsyncEnumerable<T> StreamOf<T>(params T[] items)
    {
        foreach (var item in items)
            yield return item;
        await Task.CompletedTask;
    }

    protected static void AssertSays(RpcException failure, StatusCode code, params string[] words)
    {
        Assert.Equal(code, failure.Code);
        foreach (var word in words)
            Assert.Contains(word, failure.Status.Text, StringComparison.OrdinalIgnoreCase);
    }
}
