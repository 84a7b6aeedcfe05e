using System.Buffers;
using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Vectors;

/// <summary>The conversations of <c>docs/wire.md</c>: our client against the bytes of the server in them, and our server against those of the client.</summary>
public sealed class ConversationTests
{
    /// <summary>What a caller does to say the client's part.</summary>
    private static readonly Dictionary<string, Func<HawserChannel, Task>> Callers = new()
    {
        ["unary"] = static async channel =>
        {
            Assert.Equal("12345678"u8.ToArray(), await channel.CallAsync<byte[], byte[]>("Echo/Echo", "12345678"u8.ToArray()));
            Assert.Equal("again"u8.ToArray(), await channel.CallAsync<byte[], byte[]>("Echo/Echo", "again"u8.ToArray()));
        },
        ["refused"] = static async channel =>
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await channel.CallAsync<byte[], byte[]>("No/Such", "?"u8.ToArray()));
            Assert.Equal((StatusCode.Unimplemented, true), (failure.Code, failure.NotRun));
        },
        ["server-streaming"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Count/Up", Body.Empty, Body.Stream));
            Assert.True(await call.ReadAsync());
            Assert.Equal("one"u8.ToArray(), call.Message.ToArray());
            Assert.True(await call.ReadAsync());
            Assert.Equal("two"u8.ToArray(), call.Message.ToArray());
            Assert.False(await call.ReadAsync());
            Assert.True(call.Status?.IsOk);
        },
        ["client-streaming"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Count/Messages", Body.Stream));
            await call.WriteAsync(new ReadOnlySequence<byte>("a"u8.ToArray()));
            await call.WriteAsync(new ReadOnlySequence<byte>("b"u8.ToArray()));
            await call.CompleteAsync();
            Assert.True(await call.ReadAsync());
            Assert.Equal("2"u8.ToArray(), call.Message.ToArray());
        },
        ["octets"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Store/Put", Body.Octets));
            await call.RequestOctets.WriteAsync(new byte[] { 0, 1, 2, 3, 4 });
            await call.CompleteAsync();
            Assert.True(await call.ReadAsync());
            Assert.Equal("5"u8.ToArray(), call.Message.ToArray());
        },
        ["cancelled"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Count/Forever", Body.Empty, Body.Stream));
            Assert.True(await call.ReadAsync());
            call.Cancel(new Status(StatusCode.Cancelled, "enough"));
        },
        ["metadata"] = static async channel =>
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await channel.CallAsync<byte[], byte[]>("Vault/Open", "x"u8.ToArray(), new CallOptions
            {
                Timeout = TimeSpan.FromSeconds(1.5),
                Metadata = new Metadata().Add("who", "ann").Add("key-bin", new byte[] { 0xFF, 0x00 }),
            }));
            Assert.Equal((StatusCode.PermissionDenied, "not you", "2"), (failure.Code, failure.Status.Text, failure.Trailers["tries"]));
        },
        ["one-way"] = static async channel => await channel.NotifyAsync("Log/Write", "line"u8.ToArray()),
        ["call-back"] = static async channel =>
        {
            channel.Endpoints.Map("Echo/Echo", (byte[] message) => message);
            Assert.Equal("me"u8.ToArray(), await channel.CallAsync<byte[], byte[]>("Echo/Back", "me"u8.ToArray()));
        },
        ["ping"] = static async channel => Assert.Equal(TimeSpan.Zero, await (await channel.OpenAsync()).PingAsync()),
        ["acknowledged-stream"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Count/Messages", Body.Stream));
            await call.WriteAsync(new ReadOnlySequence<byte>("abc"u8.ToArray()));
            Assert.Equal(3, (await call.AcknowledgeAsync()).Bytes);
            await call.WriteAsync(new ReadOnlySequence<byte>("d"u8.ToArray()));
            await call.CompleteAsync();
            Assert.True(await call.ReadAsync());
            Assert.Equal("2"u8.ToArray(), call.Message.ToArray());
        },
        ["acknowledged-octets"] = static async channel =>
        {
            await using var call = await channel.StartAsync(new Method("Store/Put", Body.Octets));
            await call.RequestOctets.WriteAsync(new byte[] { 0, 1, 2, 3, 4 });
            Assert.Equal(5, (await call.RequestOctets.AcknowledgeAsync()).Bytes);
            await call.CompleteAsync();
            Assert.True(await call.ReadAsync());
            Assert.Equal("5"u8.ToArray(), call.Message.ToArray());
        },
        ["new-metadata"] = static async channel =>
        {
            ((FrameConnection)await channel.OpenAsync()).SendMetadata(new Metadata().Add("who", "ann again"));
            Assert.Equal("ann again"u8.ToArray(), await channel.CallAsync<byte[]>("Who/Said"));
        },
    };

    /// <summary>Conversations whose client's part no caller can be made to say: the other side is under test only.</summary>
    private static readonly string[] ServerOnly = ["going-away"];

    public static IEnumerable<TheoryDataRow<string>> All => Vector.Named("conversation");

    public static IEnumerable<TheoryDataRow<string>> OfCallers => Vector.Named("conversation").Where(static row => !ServerOnly.Contains(row.Data));

    [Theory]
    [MemberData(nameof(OfCallers))]
    public async Task Our_client_says_its_part_and_understands_the_servers(string name)
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 100), (9, 16), (10, 1));
        var caller = Callers[name](client.Channel);
        await SayAsync(name, peer, isClient: false);
        await caller.WaitAsync(RawPeer.Patience);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Our_server_says_its_part_and_understands_the_clients(string name)
    {
        var noticed = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Echo/Echo", (byte[] message) => message);
        server.Server.Map("Echo/Back", async (byte[] message, CallContext call) => await call.Connection.CallAsync<byte[], byte[]>("Echo/Echo", message));
        server.Server.Endpoints.Add(new WritingEndpoint("Count/Up", static async call =>
        {
            await call.WriteAsync(new ReadOnlySequence<byte>("one"u8.ToArray()));
            await call.WriteAsync(new ReadOnlySequence<byte>("two"u8.ToArray()));
            await call.FinishAsync(Status.Ok);
        }));
        server.Server.Endpoints.Add(new WritingEndpoint("Count/Forever", async call =>
        {
            await call.WriteAsync(new ReadOnlySequence<byte>("tick"u8.ToArray()));
            await using var registration = call.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
        }));
        server.Server.Map("Count/Messages", async (IAsyncEnumerable<byte[]> messages) => System.Text.Encoding.ASCII.GetBytes($"{await messages.CountAsync()}"));
        server.Server.Map("Store/Put", async (Stream octets) =>
        {
            using var copy = new MemoryStream();
            await octets.CopyToAsync(copy);
            return System.Text.Encoding.ASCII.GetBytes($"{copy.Length}");
        });
        server.Server.Map("Vault/Open", async Task<byte[]> (byte[] message, CallContext call) =>
        {
            Assert.Equal("ann", call.RequestMetadata["who"]);
            Assert.NotNull(call.Deadline);
            await call.WriteHeadersAsync(new Metadata().Add("door", "7"));
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"), new Metadata().Add("tries", "2"));
        });
        server.Server.Map("Who/Said", (CallContext call) => System.Text.Encoding.ASCII.GetBytes(call.Connection.PeerMetadata["who"]!));
        server.Server.Endpoints.MapOneWay("Log/Write", (byte[] message) => noticed.SetResult(message));

        var peer = await server.ConnectAsync((3, 100));
        await SayAsync(name, peer, isClient: true, beforeGoingAway: () => _ = server.Server.StopAsync(TimeSpan.Zero));
        if (name == "one-way")
            Assert.Equal("line"u8.ToArray(), await noticed.Task.WaitAsync(RawPeer.Patience));
        if (name == "cancelled")
            await cancelled.Task.WaitAsync(RawPeer.Patience);
        if (name == "going-away")
            Assert.Null(await peer.TryReadAsync());
    }

    private static async Task SayAsync(string name, RawPeer peer, bool isClient, Action? beforeGoingAway = null)
    {
        foreach (var (fromClient, bytes) in Vector.All[name].Lines)
        {
            if (fromClient == isClient)
            {
                await peer.SendAsync(bytes);
                continue;
            }

            if ((bytes[0] & 0x0F) == (int)FrameType.GoingAway)
                beforeGoingAway?.Invoke();
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(await peer.TakeAsync(bytes.Length)));
        }
    }

    private sealed class WritingEndpoint(string name, Func<ServerCall, Task> write) : Endpoint(new Method(name, Body.Empty, Body.Stream))
    {
        public override async ValueTask InvokeAsync(ServerCall call) => await write(call);
    }
}
