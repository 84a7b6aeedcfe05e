using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Hawser;

/// <summary>The endpoints that can be invoked here, by name.</summary>
/// <remarks>
/// Safe from any thread; a look-up takes no lock. Enumerating gives a snapshot, sorted by name. Every change happens wholly or not at all:
/// when one throws, the registry is as it was.
/// <para>
/// What a handler may look like. It takes nothing; or one request of any type that the codec knows; or an <see cref="IAsyncEnumerable{T}"/> of them; or
/// octets, as a <see cref="Stream"/> or a <see cref="System.IO.Pipelines.PipeReader"/>, alone or with one typed request, which the caller sends first.
/// It gives nothing; or one reply; or an <see cref="IAsyncEnumerable{T}"/>; or octets, by returning a <see cref="Stream"/> or a
/// <see cref="System.IO.Pipelines.PipeReader"/> or by taking a <see cref="System.IO.Pipelines.PipeWriter"/>; or a tuple of a reply and octets. All of it
/// also in a <see cref="Task{TResult}"/> or <see cref="ValueTask{TResult}"/>. <see cref="CallContext"/>, <see cref="CancellationToken"/> and
/// <see cref="CallOptions"/> (the caller's metadata and cancellation) may stand anywhere among the parameters. What it returns is disposed or completed
/// by the endpoint.
/// </para>
/// <para>
/// Raw bytes pass untouched by the codec. A <c>byte[]</c> belongs to the handler. A <see cref="System.Buffers.ReadOnlySequence{T}"/> of bytes is borrowed, without a
/// copy: valid until the handler's task ends, or, in a stream, until the next item is asked for. A <see cref="ReadOnlyMemory{T}"/> of bytes is
/// borrowed as the request of a unary handler, until its task ends; as an item of a stream it is a copy. Where octets follow a request, both are copies.
/// </para>
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Registry is the design's word.")]
public sealed class EndpointRegistry : IReadOnlyCollection<Endpoint>
{
    private readonly Lock changing = new();
    private volatile Dictionary<string, Endpoint> endpoints = new(StringComparer.Ordinal);
    private Connection? ended;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="codec">How handlers' typed messages are encoded.</param>
    public EndpointRegistry(Codec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        Codec = codec;
    }

    /// <summary>How handlers' typed messages are encoded.</summary>
    public Codec Codec { get; }

    /// <summary>Raised after every change, on the thread that made it and with no lock held.</summary>
    internal event EventHandler? Changed;

    /// <summary>Changes whenever an endpoint is added or removed, so that a wire may keep what it found.</summary>
    internal object Snapshot => endpoints;

    /// <summary>The number of endpoints.</summary>
    public int Count => endpoints.Count;

    /// <summary>Maps a handler. It is one-way when its method carries <see cref="RpcMethodAttribute"/> saying so.</summary>
    /// <param name="fullName"><c>package.Service/Method</c>.</param>
    /// <param name="handler">The handler; called for many calls at once.</param>
    /// <exception cref="ArgumentException">
    /// The name is wrong or taken, or the signature cannot be served; the text names method, parameter, its type and what is accepted.
    /// </exception>
    public void Map(string fullName, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(CreateEndpoint(fullName, handler, handler.Method.GetCustomAttribute<RpcMethodAttribute>()?.OneWay ?? false));
    }

    /// <summary>Maps a handler of notifications: nothing goes back, not even a status.</summary>
    /// <param name="fullName"><c>package.Service/Method</c>.</param>
    /// <param name="handler">The handler: takes at most one message, returns nothing or a task of nothing.</param>
    /// <exception cref="ArgumentException">The name is wrong or taken, or the signature cannot be served one-way.</exception>
    public void MapOneWay(string fullName, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(CreateEndpoint(fullName, handler, oneWay: true));
    }

    /// <summary>
    /// Maps every method of an interface, inherited ones included. The service has the interface's name without its leading <c>I</c>, a method its own
    /// name without a trailing <c>Async</c>; <see cref="RpcServiceAttribute"/> and <see cref="RpcMethodAttribute"/> say otherwise.
    /// </summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="instance">Answers all calls, many at once.</param>
    /// <exception cref="ArgumentException">One of the methods cannot be served, is overloaded, or has a name that is taken: none of them is mapped then.</exception>
    public void MapService<T>(T instance)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        MapService(typeof(T), instance.GetType(), _ => Expression.Constant(instance, typeof(T)));
    }

    /// <summary>Maps every method of an interface, answered by an instance that each call finds for itself.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="implementation">The class that answers.</param>
    /// <param name="find">Finds the instance for a call.</param>
    /// <exception cref="ArgumentException">One of the methods cannot be served, is overloaded, or has a name that is taken: none of them is mapped then.</exception>
    internal void MapService<T>(Type implementation, Func<ServerCall, T> find)
        where T : class => MapService(typeof(T), implementation, call => Expression.Invoke(Expression.Constant(find), call));

    /// <summary>Adds an endpoint of any kind.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <exception cref="ArgumentException">Its name is taken.</exception>
    public void Add(Endpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        AddAll([endpoint]);
    }

    /// <summary>Takes an endpoint away. Calls that it is answering go on.</summary>
    /// <param name="fullName">Its full name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        lock (changing)
        {
            var changed = new Dictionary<string, Endpoint>(endpoints, StringComparer.Ordinal);
            if (!changed.Remove(fullName))
                return false;
            endpoints = changed;
        }

        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>Looks an endpoint up.</summary>
    /// <param name="fullName">Its full name; case matters.</param>
    /// <returns>The endpoint, or null.</returns>
    public Endpoint? Find(string fullName) => endpoints.GetValueOrDefault(fullName);

    /// <summary>The endpoints as they are now, sorted by name.</summary>
    /// <returns>An enumerator over a snapshot.</returns>
    public IEnumerator<Endpoint> GetEnumerator() =>
        endpoints.Values.OrderBy(endpoint => endpoint.Method.FullName, StringComparer.Ordinal).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void MapService(Type service, Type implementation, Func<Expression, Expression> find) =>
        AddAll([.. ServiceContract.Read(service).Select(entry => new HandlerEndpointFactory(
            entry.Signature,
            HandlerMetadata.Of(entry.Method, implementation),
            (call, arguments) => Expression.Call(find(call), entry.Method, arguments),
            Codec).Create())]);

    private HandlerEndpoint CreateEndpoint(string fullName, Delegate handler, bool oneWay)
    {
        if (!handler.HasSingleTarget)
            throw new ArgumentException($"The handler of '{fullName}' is several delegates in one; a call has one answer.", nameof(handler));
        var invoke = handler.GetType().GetMethod("Invoke")!;
        // The delegate's type says what is called, the method behind it what its author named and annotated; a closed delegate hides its first parameter.
        var described = handler.Method.GetParameters();
        if (described.Length != invoke.GetParameters().Length)
            described = invoke.GetParameters();
        var signature = MethodSignature.Read(fullName, invoke, described, oneWay);
        var target = Expression.Constant(handler);
        return new HandlerEndpointFactory(signature, HandlerMetadata.Of(handler.Method), (_, arguments) => Expression.Invoke(target, arguments), Codec).Create();
    }

    /// <summary>Adds all endpoints, or none when a name is taken.</summary>
    internal void AddAll(IReadOnlyCollection<Endpoint> added)
    {
        lock (changing)
        {
            if (ended is not null)
                throw ended.NotOpenFailure();
            var changed = new Dictionary<string, Endpoint>(endpoints, StringComparer.Ordinal);
            foreach (var endpoint in added)
            {
                if (!changed.TryAdd(endpoint.Method.FullName, endpoint))
                    throw new ArgumentException($"'{endpoint.Method.FullName}' is mapped already; remove it first, or choose another name.");
            }

            endpoints = changed;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>The connection that these belong to has ended: nobody can call any more of them.</summary>
    internal void End(Connection connection)
    {
        lock (changing)
        {
            ended = connection;
        }
    }
}
