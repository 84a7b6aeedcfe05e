using System.Linq.Expressions;

namespace Hawser;

public abstract partial class CallInvoker
{
    /// <summary>Makes an object of an interface whose methods are calls. The other side maps the same interface by <see cref="EndpointRegistry.MapService"/>.</summary>
    /// <typeparam name="T">
    /// The interface. Names and signatures are read as there, seen from the caller: a method may take a <see cref="CancellationToken"/> or
    /// <see cref="CallOptions"/>; a <see cref="CallContext"/> belongs to the server, and what is passed for it here is ignored. A call takes time: methods return
    /// <see cref="Task"/>, <see cref="ValueTask"/>, their generic forms, or <see cref="IAsyncEnumerable{T}"/>; one-way methods too, whose task ends
    /// when the notification is in the send buffer. Octets come as <see cref="Stream"/> or <see cref="System.IO.Pipelines.PipeReader"/>, to be disposed
    /// or completed by the caller; or they are written to a <see cref="System.IO.Pipelines.PipeWriter"/> parameter, which is not completed.
    /// </typeparam>
    /// <returns>The client, safe from any thread. Disposing it, if the interface can be disposed, does nothing: the connection belongs to this invoker.</returns>
    /// <exception cref="ArgumentException">The type is not an interface, or one of its methods cannot be called from afar; the text says which and why.</exception>
    public T CreateClient<T>()
        where T : class => (T)ClientProxy.Of(typeof(T)).Create(this);

    /// <summary>Makes a delegate whose invocation is a call.</summary>
    /// <typeparam name="TDelegate">The delegate's type: the same rules as for a method of <see cref="CreateClient{T}"/>; it is never one-way.</typeparam>
    /// <param name="method">The full name.</param>
    /// <returns>The delegate, safe from any thread. Keep it: making one costs far more than calling it.</returns>
    /// <exception cref="ArgumentException">The signature cannot be called from afar; the text says why.</exception>
    public TDelegate CreateDelegate<TDelegate>(string method)
        where TDelegate : Delegate
    {
        var invoke = typeof(TDelegate).GetMethod("Invoke")
            ?? throw new ArgumentException($"'{TypeNames.Of(typeof(TDelegate))}' is no delegate type of its own: name one, for instance Func<Request, Task<Reply>>.");
        var signature = MethodSignature.Read(method, invoke, invoke.GetParameters(), oneWay: false);
        ParameterExpression[] parameters = [.. signature.ParameterTypes.Select(type => Expression.Parameter(type))];
        var body = new ClientMethodCompiler(signature).Compile(Expression.Constant(this, typeof(CallInvoker)), parameters);
        return Expression.Lambda<TDelegate>(body, parameters).Compile();
    }
}
