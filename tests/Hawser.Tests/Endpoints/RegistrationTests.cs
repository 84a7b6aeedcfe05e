using System.IO.Pipelines;

namespace Hawser.Tests.Endpoints;

public sealed class RegistrationTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);

    public RegistrationTests() => registry.Map("Kept/One", () => 1);

    public static TheoryData<Delegate, string> Refused() => new()
    {
        { (int one, string two) => 1, "its parameter 'two' of type 'String' cannot stand beside parameter 'one' of type 'Int32'" },
        { (IAsyncEnumerable<int> many, string one) => 1, "its parameter 'one' of type 'String' cannot stand beside parameter 'many' of type 'IAsyncEnumerable<Int32>'" },
        { (IAsyncEnumerable<int> many, Stream octets) => 1, "'octets' of type 'Stream' cannot stand beside parameter 'many'" },
        { (Stream octets, PipeReader more) => 1, "'more' of type 'PipeReader' cannot stand beside parameter 'octets'" },
        { (CancellationToken one, CancellationToken two) => 1, "'two' of type 'CancellationToken' cannot stand beside" },
        { (ref int number) => 1, "its parameter 'number' of type 'ref Int32' is passed by reference" },
        { (Action action) => 1, "its parameter 'action' of type 'Action' is a delegate" },
        { (Task<int> task) => 1, "its parameter 'task' of type 'Task<Int32>' is a task" },
        { (FileStream file) => 1, "its parameter 'file' of type 'FileStream' is not one of the types for octets" },
        { (ReadOnlySpan<byte> bytes) => 1, "its parameter 'bytes' of type 'ReadOnlySpan<Byte>' lives on the stack only" },
        { ((int, int) pair) => 1, "its parameter 'pair' of type '(Int32, Int32)' is a tuple" },
        { (IAsyncEnumerable<Stream> streams) => 1, "its parameter 'streams' of type 'IAsyncEnumerable<Stream>' streams 'Stream', which is not one of the types for octets" },
        { (PipeWriter output) => 1, "its return type 'Int32' cannot go with a PipeWriter parameter" },
        { () => (1, 2), "its return type '(Int32, Int32)' is a tuple" },
        { () => (Delegate)(() => 1), "its return type 'Delegate' is a delegate" },
        { Task<Task<int>> () => Task.FromResult(Task.FromResult(1)), "its return type 'Task<Task<Int32>>' is a task" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_signature_that_cannot_be_served_is_refused_with_a_reason(Delegate handler, string reason)
    {
        var failure = Assert.Throws<ArgumentException>(() => registry.Map("Refused/Method", handler));
        Assert.StartsWith("'Refused/Method' cannot be a method: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Contains("; accepted are ", failure.Message, StringComparison.Ordinal);
        AssertUnchanged();
    }

    [Theory]
    [InlineData("")]
    [InlineData("NoSlash")]
    [InlineData("A/")]
    [InlineData("A/B/C")]
    [InlineData("A/ B")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => registry.Map(name, () => 1));
        AssertUnchanged();
    }

    [Fact]
    public void A_name_is_mapped_once()
    {
        var failure = Assert.Throws<ArgumentException>(() => registry.Map("Kept/One", () => 2));
        Assert.Equal("'Kept/One' is mapped already; remove it first, or choose another name.", failure.Message);
        AssertUnchanged();
    }

    [Fact]
    public void A_delegate_with_two_targets_is_refused()
    {
        Action both = () => { };
        both += () => { };
        Assert.Contains("several delegates", Assert.Throws<ArgumentException>(() => registry.Map("A/B", both)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_one_way_method_gives_nothing_back()
    {
        var failure = Assert.Throws<ArgumentException>(() => registry.MapOneWay("A/B", () => 1));
        Assert.Contains("cannot be one-way: it returns 'Int32'", failure.Message, StringComparison.Ordinal);
        AssertUnchanged();
    }

    [Fact]
    public void A_type_that_the_codec_does_not_know_is_refused()
    {
        var codec = new JsonCodec(System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine());
        var failure = Assert.Throws<ArgumentException>(() => new EndpointRegistry(codec).Map("A/B", (Word word) => { }));
        Assert.StartsWith("'A/B' cannot be served: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_is_mapped_with_what_it_inherits()
    {
        registry.MapService<ISnapshots>(new Snapshots());
        Assert.Equal(["Kept/One", "Snapshots/List", "Snapshots/Named", "Snapshots/Ping"], registry.Select(endpoint => endpoint.Method.FullName));
    }

    [Fact]
    public void Attributes_name_service_and_method()
    {
        registry.MapService<IAttributed>(new Attributed());
        var method = registry.Find("tank.v1.Pool/Scrub")!.Method;
        Assert.True(method.IsOneWay);
    }

    [Fact]
    public void A_service_is_mapped_wholly_or_not_at_all()
    {
        registry.Map("Snapshots/Ping", () => 1);
        Assert.Throws<ArgumentException>(() => registry.MapService<ISnapshots>(new Snapshots()));
        Assert.Equal(["Kept/One", "Snapshots/Ping"], registry.Select(endpoint => endpoint.Method.FullName));
    }

    [Fact]
    public void An_overloaded_method_is_refused()
    {
        var failure = Assert.Throws<ArgumentException>(() => registry.MapService<IOverloaded>(new Overloaded()));
        Assert.Equal(
            "'IOverloaded' has two methods for 'Overloaded/Get': IOverloaded.Get(Int32) and IOverloaded.Get(String); give one another name by [RpcMethod(\"…\")].",
            failure.Message);
        AssertUnchanged();
    }

    [Fact]
    public void A_generic_method_is_refused()
    {
        var failure = Assert.Throws<ArgumentException>(() => registry.MapService<IGeneric>(new Generic()));
        Assert.Contains("'IGeneric.Get' has type parameters of its own", failure.Message, StringComparison.Ordinal);
        AssertUnchanged();
    }

    [Fact]
    public void A_property_is_refused() =>
        Assert.Contains("'get_Count'", Assert.Throws<ArgumentException>(() => registry.MapService<IWithProperty>(new WithProperty())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_class_is_no_service() =>
        Assert.Contains("'Snapshots' is not an interface", Assert.Throws<ArgumentException>(() => registry.MapService(new Snapshots())).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_removed_can_be_mapped_again()
    {
        Assert.True(registry.Remove("Kept/One"));
        Assert.False(registry.Remove("Kept/One"));
        Assert.Null(registry.Find("Kept/One"));
        registry.Map("Kept/One", () => 2);
        AssertUnchanged();
    }

    [Fact]
    public void Names_tell_upper_from_lower_case() => Assert.Null(registry.Find("kept/one"));

    private void AssertUnchanged()
    {
        Assert.Equal("Kept/One", Assert.Single(registry).Method.FullName);
        Assert.NotNull(registry.Find("Kept/One"));
    }

    private interface IPing
    {
        Task PingAsync();
    }

    private interface ISnapshots : IPing, IAsyncDisposable
    {
        Task<int> ListAsync(string pool);

        [RpcMethod("Named")]
        Task OtherAsync();
    }

    private sealed class Snapshots : ISnapshots
    {
        public Task<int> ListAsync(string pool) => Task.FromResult(pool.Length);

        public Task OtherAsync() => Task.CompletedTask;

        public Task PingAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => default;
    }

    [RpcService("tank.v1.Pool")]
    private interface IAttributed
    {
        [RpcMethod(OneWay = true)]
        ValueTask ScrubAsync(string name);
    }

    private sealed class Attributed : IAttributed
    {
        public ValueTask ScrubAsync(string name) => default;
    }

    private interface IOverloaded
    {
        int Get(int number);

        int Get(string text);
    }

    private sealed class Overloaded : IOverloaded
    {
        public int Get(int number) => number;

        public int Get(string text) => text.Length;
    }

    private interface IGeneric
    {
        T Get<T>(T value);
    }

    private sealed class Generic : IGeneric
    {
        public T Get<T>(T value) => value;
    }

    private interface IWithProperty
    {
        int Count { get; }
    }

    private sealed class WithProperty : IWithProperty
    {
        public int Count => 1;
    }
}
