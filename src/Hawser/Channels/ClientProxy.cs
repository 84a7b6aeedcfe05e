using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Hawser;

/// <summary>The class that implements an interface by calls. Made once per interface.</summary>
internal sealed class ClientProxy
{
    private static readonly ConcurrentDictionary<Type, ClientProxy> Proxies = new();

    private readonly ConstructorInfo constructor;
    private readonly Delegate[] calls;

    private ClientProxy(Type service)
    {
        var entries = ServiceContract.Read(service);
        calls = [.. entries.Select(entry => Compile(entry))];
        var methods = entries.Zip(calls, (entry, call) => (entry.Method, call.GetType())).ToList();
        constructor = ClientProxyEmitter.Emit(service, methods).GetConstructors()[0];
    }

    /// <exception cref="ArgumentException">The interface cannot be called from afar; the text says why. Nothing is remembered then.</exception>
    internal static ClientProxy Of(Type service) => Proxies.GetOrAdd(service, static type => new ClientProxy(type));

    internal object Create(CallInvoker invoker) => constructor.Invoke([invoker, calls]);

    private static Delegate Compile(ServiceContract.Entry entry)
    {
        var signature = entry.Signature;
        var invoker = Expression.Parameter(typeof(CallInvoker), "invoker");
        ParameterExpression[] parameters = [.. signature.ParameterTypes.Select(type => Expression.Parameter(type))];
        var body = new ClientMethodCompiler(signature, entry.IsIdempotent).Compile(invoker, parameters);
        var type = Expression.GetDelegateType([typeof(CallInvoker), .. signature.ParameterTypes, signature.ReturnType]);
        return Expression.Lambda(type, body, [invoker, .. parameters]).Compile();
    }
}
