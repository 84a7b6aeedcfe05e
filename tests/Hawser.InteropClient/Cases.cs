namespace Hawser.Interop.Client;

/// <summary>The cases by their names.</summary>
internal static class Cases
{
    private static readonly Dictionary<string, Func<Channels, Task>> All = new(StringComparer.Ordinal)
    {
        ["empty_unary"] = channels => MessageCases.EmptyUnaryAsync(channels.Plain),
        ["large_unary"] = channels => MessageCases.LargeUnaryAsync(channels.Plain),
        ["client_streaming"] = channels => MessageCases.ClientStreamingAsync(channels.Plain),
        ["server_streaming"] = channels => MessageCases.ServerStreamingAsync(channels.Plain),
        ["ping_pong"] = channels => MessageCases.PingPongAsync(channels.Plain),
        ["empty_stream"] = channels => MessageCases.EmptyStreamAsync(channels.Plain),
        ["client_compressed_unary"] = channels => CompressionCases.ClientUnaryAsync(channels.Compressing, probe: true),
        ["server_compressed_unary"] = channels => CompressionCases.ServerUnaryAsync(channels.Plain),
        ["client_compressed_streaming"] = channels => CompressionCases.ClientStreamingAsync(channels.Compressing, probe: true),
        ["server_compressed_streaming"] = channels => CompressionCases.ServerStreamingAsync(channels.Plain),
        ["timeout_on_sleeping_server"] = channels => EndingCases.TimeoutOnSleepingServerAsync(channels.Plain),
        ["cancel_after_begin"] = channels => EndingCases.CancelAfterBeginAsync(channels.Plain),
        ["cancel_after_first_response"] = channels => EndingCases.CancelAfterFirstResponseAsync(channels.Plain),
        ["custom_metadata"] = channels => MetadataCases.CustomMetadataAsync(channels.Plain),
        ["status_code_and_message"] = channels => EndingCases.StatusCodeAndMessageAsync(channels.Plain),
        ["special_status_message"] = channels => EndingCases.SpecialStatusMessageAsync(channels.Plain),
        ["unimplemented_method"] = channels => EndingCases.UnimplementedAsync(channels.Plain, "grpc.testing.TestService/UnimplementedCall"),
        ["unimplemented_service"] = channels => EndingCases.UnimplementedAsync(channels.Plain, "grpc.testing.UnimplementedService/UnimplementedCall"),

        // For servers that cannot see what arrives compressed, under the names that gRPC's own clients have for them.
        ["client_compressed_unary_noprobe"] = channels => CompressionCases.ClientUnaryAsync(channels.Compressing, probe: false),
        ["client_compressed_streaming_noprobe"] = channels => CompressionCases.ClientStreamingAsync(channels.Compressing, probe: false),
    };

    public static IEnumerable<string> Default => TestCases.All;

    /// <summary>Runs a case.</summary>
    /// <returns>What went wrong, as one line; null when nothing did.</returns>
    public static async Task<string?> RunAsync(string name, Channels channels)
    {
        if (!All.TryGetValue(name, out var run))
            return $"there is no such case; there are {string.Join(", ", All.Keys)}";
        try
        {
            await run(channels);
            return null;
        }
        catch (Exception exception) when (exception is CaseFailedException or RpcException or OperationCanceledException)
        {
            return string.Join(' ', exception.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
