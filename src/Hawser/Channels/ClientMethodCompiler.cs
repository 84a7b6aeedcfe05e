using System.IO.Pipelines;
using System.Linq.Expressions;
using System.Reflection;

namespace Hawser;

/// <summary>Compiles a signature, seen from the caller, into calls of a <see cref="CallInvoker"/>.</summary>
internal sealed class ClientMethodCompiler
{
    private readonly MethodSignature signature;
    private readonly Method method;
    private readonly bool isIdempotent;

    /// <exception cref="ArgumentException">A caller cannot have this signature; the text says why.</exception>
    internal ClientMethodCompiler(MethodSignature signature, bool isIdempotent = false)
    {
        this.signature = signature;
        this.isIdempotent = isIdempotent;
        method = signature.Method;
        if (Refusal() is { } wrong)
            throw new ArgumentException($"'{method.FullName}' cannot be called as '{TypeNames.Of(signature.ReturnType)}': {wrong}.");
    }

    /// <param name="invoker">The <see cref="CallInvoker"/>.</param>
    /// <param name="parameters">The signature's parameters.</param>
    /// <returns>The call, of the signature's return type.</returns>
    internal Expression Compile(Expression invoker, IReadOnlyList<Expression> parameters)
    {
        var name = Expression.Constant(method.FullName);
        var options = isIdempotent ? Call(nameof(ClientCalls.Idempotent), [], OptionsOf(parameters)) : OptionsOf(parameters);
        if (method is { Request: <= Body.Message, Response: <= Body.Message })
            return Unary(invoker, name, Find(parameters, ParameterRole.Message) ?? Expression.Default(typeof(Empty)), options);
        var request = RequestOf(parameters);
        Type[] requestType = [signature.RequestType];
        Type[] bothTypes = [signature.RequestType, signature.ResponseType];
        return method.Response switch
        {
            Body.Stream => InForm(Call(nameof(ClientCalls.Stream), bothTypes, invoker, name, request, options)),
            Body.Octets when Find(parameters, ParameterRole.ResponseWriter) is { } writer =>
                InForm(Call(nameof(ClientCalls.CopyToAsync), requestType, invoker, name, request, options, writer)),
            Body.Octets when signature.ResultType == typeof(Stream) =>
                InForm(Call(nameof(ClientCalls.ReceiveStreamAsync), requestType, invoker, name, request, options)),
            Body.Octets => InForm(Call(nameof(ClientCalls.ReceiveReaderAsync), requestType, invoker, name, request, options)),
            Body.MessageAndOctets when signature.ResultType.GetGenericArguments()[1] == typeof(Stream) =>
                InForm(Call(nameof(ClientCalls.ReceiveReplyAndStreamAsync), bothTypes, invoker, name, request, options)),
            Body.MessageAndOctets => InForm(Call(nameof(ClientCalls.ReceiveReplyAndReaderAsync), bothTypes, invoker, name, request, options)),
            _ => InForm(Call(nameof(ClientCalls.CallAsync), bothTypes, invoker, name, request, options)),
        };
    }

    private string? Refusal()
    {
        if (signature.Has(ParameterRole.Options) && signature.Has(ParameterRole.CancellationToken))
            return "it takes both CallOptions and a CancellationToken; a caller gives the token in the options, so take one of them";
        if (method.Response == Body.Stream)
        {
            return signature.ResultType == typeof(IAsyncEnumerable<>).MakeGenericType(signature.ResponseType)
                ? null
                : "a caller gets a stream as IAsyncEnumerable<T> itself";
        }

        if (signature.ReturnForm == ReturnForm.Direct)
            return "a call takes time and would block the caller's thread; return a Task or a ValueTask (of it)";
        var octets = method.Response switch
        {
            Body.Octets when signature.ResultType != typeof(Empty) => signature.ResultType,
            Body.MessageAndOctets => signature.ResultType.GetGenericArguments()[1],
            _ => typeof(Stream),
        };
        return octets == typeof(Stream) || octets == typeof(PipeReader) ? null : "a caller gets octets as Stream or PipeReader itself";
    }

    private Expression Unary(Expression invoker, Expression name, Expression request, Expression options)
    {
        if (signature.ResponseType != typeof(Empty))
            return InForm(Call(nameof(ClientCalls.UnaryAsync), [signature.RequestType, signature.ResponseType], invoker, name, request, options));
        var call = Call(method.IsOneWay ? nameof(ClientCalls.NotifyAsync) : nameof(ClientCalls.UnaryWithoutReplyAsync), [signature.RequestType], invoker, name, request, options);
        return signature.ReturnForm == ReturnForm.Task ? Expression.Call(call, nameof(ValueTask.AsTask), null) : call;
    }

    /// <summary>Hands a result over as the signature says.</summary>
    private Expression InForm(Expression result)
    {
        if (signature.ReturnForm == ReturnForm.Direct)
            return result;
        if (method.Response == Body.Stream)
            result = Expression.New(typeof(ValueTask<>).MakeGenericType(result.Type).GetConstructor([result.Type])!, result);
        if (signature.ReturnType == typeof(ValueTask))
            return Call(nameof(ClientCalls.WithoutReply), [], result);
        return signature.ReturnForm == ReturnForm.Task ? Expression.Call(result, nameof(ValueTask.AsTask), null) : result;
    }

    private Expression RequestOf(IReadOnlyList<Expression> parameters)
    {
        var message = Find(parameters, ParameterRole.Message) ?? Expression.Default(typeof(Empty));
        if (Find(parameters, ParameterRole.Messages) is { } messages)
            return Call(nameof(ClientCalls.Messages), [signature.RequestType], messages);
        var octets = Find(parameters, ParameterRole.OctetsStream) ?? Find(parameters, ParameterRole.OctetsReader);
        return octets is null
            ? Call(nameof(ClientCalls.Message), [signature.RequestType], message)
            : Call(nameof(ClientCalls.Octets), [signature.RequestType], message, octets);
    }

    private Expression OptionsOf(IReadOnlyList<Expression> parameters)
    {
        if (Find(parameters, ParameterRole.Options) is { } options)
            return options;
        return Find(parameters, ParameterRole.CancellationToken) is { } token
            ? Expression.Convert(token, typeof(CallOptions))
            : Expression.Default(typeof(CallOptions));
    }

    private Expression? Find(IReadOnlyList<Expression> parameters, ParameterRole role)
    {
        for (var i = 0; i < signature.Roles.Count; i++)
        {
            if (signature.Roles[i] == role)
                return parameters[i];
        }

        return null;
    }

    private static MethodCallExpression Call(string name, Type[] types, params Expression[] arguments)
    {
        var target = typeof(ClientCalls).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
        return Expression.Call(types.Length == 0 ? target : target.MakeGenericMethod(types), arguments);
    }
}
