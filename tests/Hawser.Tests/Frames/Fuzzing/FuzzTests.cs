using System.Runtime.CompilerServices;
using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>
/// Whatever bytes come, the connection ends and nothing else does: no exception escapes, no call hangs, no input makes this side allocate much. The seed is
/// fixed, so that a failure comes again; <c>HAWSER_FUZZ_SEED</c> sets another.
/// </summary>
[Collection(nameof(FuzzTests))]
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public sealed class FuzzTests
{
    private const int InputsPerRole = 500_000;
    private const int Batch = 500;

    /// <summary>New pooled blocks included; a peer that could make this side allocate what it announces would need gigabytes.</summary>
    private const long MostAllocated = 4 * 1024 * 1024;

    private static readonly byte[] Greeting = FrameBytes.Join(FrameBytes.Preface(), FrameBytes.Hello((4, 65536), (5, 65536), (3, 100), (9, 4), (10, 1)));
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("HAWSER_FUZZ_SEED"), out var seed) ? seed : 20261120;

    [Fact]
    public Task Half_a_million_inputs_to_a_server_end_their_connections_and_nothing_else() => FuzzAsync(isInitiator: false, Conversations.ToServer, static (_, _) => { });

    [Fact]
    public Task Half_a_million_inputs_to_a_client_with_calls_in_flight_end_their_connections_and_every_call() =>
        FuzzAsync(isInitiator: true, Conversations.ToClient, static (connection, calls) =>
        {
            calls.Add(UnaryAsync(connection));
            calls.Add(StreamAsync(connection));
            calls.Add(DownloadAsync(connection));
        });

    private static async Task FuzzAsync(bool isInitiator, byte[][][] conversations, Action<FrameConnection, List<Task>> startCalls)
    {
        TestContext.Current.SendDiagnosticMessage("Fuzzing with seed {0} (HAWSER_FUZZ_SEED sets another).", Seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {Seed}");
        var random = new Random(Seed);
        var endpoints = new EndpointRegistry(JsonCodec.Default);
        foreach (var method in new[] { Conversations.Unary, Conversations.Upload, Conversations.Duplex, Conversations.Download, Conversations.Notice })
            endpoints.Add(new DrainEndpoint(method));
        var settings = new ConnectionSettings(JsonCodec.Default, new ConnectionLimits(), endpoints, [], false, NullLogger.Instance, new ManualTimeProvider());
        var pending = new List<Task>();
        var rounds = InputsPerRole / Batch;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Batch; i++)
                pending.Add(RunOne(random, isInitiator, conversations, settings, startCalls, pending));

            // What hangs is found here: every connection has ended, so every call must.
            await Task.WhenAll(pending).WaitAsync(RawPeer.Patience);
            pending.Clear();
        }

        await EventuallyAsync(static () => DrainEndpoint.Running == 0);
    }

    private static Task RunOne(
        Random random,
        bool isInitiator,
        byte[][][] conversations,
        ConnectionSettings settings,
        Action<FrameConnection, List<Task>> startCalls,
        List<Task> pending)
    {
        var input = Mutation.Next(random, conversations);
        FrameConnection? connection = null;
        var lane = new ScriptLane(Greeting, input, Math.Max(random.Next(4) == 0 ? random.Next(1, 64) : input.Length, (input.Length / 50) + 1), () => startCalls(connection!, pending));
        connection = new FrameConnection(new ScriptConnection(lane), isInitiator, settings);
        var first = new FrameLane(connection, lane, isShared: true);
        First(connection) = first;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ((IThreadPoolWorkItem)first).Execute();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {Seed}: an exception escaped, with the input {Convert.ToHexString(input)}.", exception);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostAllocated, $"Seed {Seed}: {allocated} bytes were allocated for the input {Convert.ToHexString(input)}.");
        return connection.Ended;
    }

    private static async Task UnaryAsync(FrameConnection connection)
    {
        try
        {
            await connection.CallAsync<byte[], byte[]>(Conversations.Unary.FullName, [1, 2, 3]);
        }
        catch (RpcException)
        {
            // Any status is an end.
        }
    }

    private static async Task StreamAsync(FrameConnection connection)
    {
        await using var call = await connection.StartAsync(Conversations.Duplex);
        await call.WriteAsync(new("request"u8.ToArray()));
        var acknowledged = call.AcknowledgeAsync();
        while (await call.ReadAsync())
            _ = call.Message.Length;
        Assert.NotNull(call.Status);
        try
        {
            Assert.Equal(7, (await acknowledged).Bytes);
        }
        catch (RpcException)
        {
            // It ends with the call at the latest.
        }
    }

    private static async Task DownloadAsync(FrameConnection connection)
    {
        await using var call = await connection.StartAsync(Conversations.Download);
        try
        {
            while (true)
            {
                var read = await call.ResponseOctets.ReadAsync();
                call.ResponseOctets.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (RpcException)
        {
            // Any status is an end.
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "first")]
    private static extern ref FrameLane First(FrameConnection connection);
}
