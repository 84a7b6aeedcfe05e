using System.IO.Pipelines;
using System.Linq.Expressions;
using System.Reflection;

namespace Hawser;

/// <summary>Compiles a signature into a <see cref="Handler{TRequest, TResult}"/>: every parameter finds its value without a look-up at run time.</summary>
internal static class HandlerCompiler
{
    private static readonly MethodInfo AsStream = typeof(PipeReader).GetMethod(nameof(PipeReader.AsStream), [typeof(bool)])!;
    private static readonly MethodInfo OptionsOf = typeof(HandlerCompiler).GetMethod(nameof(MakeOptions), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <param name="signature">The signature.</param>
    /// <param name="invoke">Makes the expression that runs the user's code, of the signature's return type, from the call and the arguments.</param>
    internal static Handler<TRequest, TResult> Compile<TRequest, TResult>(MethodSignature signature, Func<Expression, IEnumerable<Expression>, Expression> invoke)
    {
        var request = Expression.Parameter(typeof(TRequest), "request");
        var call = Expression.Parameter(typeof(ServerCall), "call");
        var context = Expression.Parameter(typeof(CallContext), "context");
        var arguments = signature.Roles.Select(role => role switch
        {
            ParameterRole.Message or ParameterRole.Messages => request,
            ParameterRole.OctetsReader => Expression.Property(call, nameof(ServerCall.RequestOctets)),
            ParameterRole.OctetsStream => Expression.Call(Expression.Property(call, nameof(ServerCall.RequestOctets)), AsStream, Expression.Constant(false)),
            ParameterRole.ResponseWriter => Expression.Property(call, nameof(ServerCall.ResponseOctets)),
            ParameterRole.CancellationToken => Expression.Property(call, nameof(ServerCall.CancellationToken)),
            ParameterRole.Options => Expression.Call(OptionsOf, call),
            _ => (Expression)context,
        });
        var body = Complete<TResult>(signature, invoke(call, arguments));
        return Expression.Lambda<Handler<TRequest, TResult>>(body, request, call, context).Compile();
    }

    private static Expression Complete<TResult>(MethodSignature signature, Expression result)
    {
        if (signature.ReturnType == typeof(void))
            return Expression.Block(result, Expression.Default(typeof(ValueTask<TResult>)));
        if (signature.ReturnType == typeof(ValueTask<TResult>))
            return result;
        if (signature.ReturnForm == ReturnForm.Direct)
            return Expression.New(typeof(ValueTask<TResult>).GetConstructor([typeof(TResult)])!, result);
        Delegate convert = signature.ReturnType switch
        {
            var type when type == typeof(Task) => (Func<Task, ValueTask<Empty>>)HandlerTasks.Of,
            var type when type == typeof(ValueTask) => (Func<ValueTask, ValueTask<Empty>>)HandlerTasks.Of,
            _ => (Func<Task<TResult>, ValueTask<TResult>>)HandlerTasks.Of,
        };
        return Expression.Call(convert.Method, result);
    }

    private static CallOptions MakeOptions(ServerCall call) =>
        new() { Metadata = call.RequestMetadata, CancellationToken = call.CancellationToken };
}
