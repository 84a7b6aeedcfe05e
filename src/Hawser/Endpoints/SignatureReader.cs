using System.IO.Pipelines;

namespace Hawser;

/// <summary>Reads one signature, parameter by parameter, and refuses what cannot be a method of a service.</summary>
internal sealed class SignatureReader(string fullName)
{
    private const string AcceptedParameters =
        "accepted are one request of any message type, an IAsyncEnumerable<T> of requests, or octets as Stream or PipeReader, alone or after one typed request; "
        + "a PipeWriter for a response of octets; and CallContext, CallOptions and CancellationToken";

    private const string AcceptedReturns =
        "accepted are void, Task or ValueTask; a message T; IAsyncEnumerable<T>; Stream or PipeReader; or a tuple (T, Stream) or (T, PipeReader); "
        + "each of them also in a Task<> or ValueTask<>";

    private readonly List<Type> types = [];
    private readonly List<ParameterRole> roles = [];
    private readonly List<string> names = [];
    private Type returnType = typeof(void);
    private Type resultType = typeof(Empty);
    private Type responseType = typeof(Empty);
    private ReturnForm returnForm;
    private Body response;
    private bool requestRefusesNull;

    internal void AddParameter(string name, Type type, bool refusesNull)
    {
        var role = RoleOf(name, type);
        foreach (var rival in RivalsOf(role))
        {
            var index = roles.IndexOf(rival);
            if (index >= 0)
            {
                throw RefuseParameter(
                    name, type, $"cannot stand beside parameter '{names[index]}' of type '{TypeNames.Of(types[index])}'");
            }
        }

        requestRefusesNull |= refusesNull && role is ParameterRole.Message or ParameterRole.Messages;
        names.Add(name);
        types.Add(type);
        roles.Add(role);
    }

    internal void SetReturn(Type type)
    {
        returnType = type;
        returnForm = type switch
        {
            _ when type == typeof(Task) || IsGeneric(type, typeof(Task<>)) => ReturnForm.Task,
            _ when type == typeof(ValueTask) || IsGeneric(type, typeof(ValueTask<>)) => ReturnForm.ValueTask,
            _ => ReturnForm.Direct,
        };
        var result = returnForm == ReturnForm.Direct ? type : type.IsGenericType ? type.GetGenericArguments()[0] : typeof(void);
        resultType = result == typeof(void) ? typeof(Empty) : result;
        (response, responseType) = ReadResult(resultType);
    }

    internal MethodSignature Finish(bool oneWay)
    {
        if (roles.Contains(ParameterRole.ResponseWriter))
        {
            if (response != Body.Empty)
                throw RefuseReturn("cannot go with a PipeWriter parameter, which is the response already: return void, Task or ValueTask");
            response = Body.Octets;
        }

        var (request, requestType) = ReadRequest();
        if (oneWay && (request > Body.Message || response != Body.Empty))
        {
            throw new ArgumentException(
                $"'{fullName}' cannot be one-way: it returns '{TypeNames.Of(returnType)}' and takes {Describe(request)}; "
                + "a one-way method takes at most one message and returns void, Task or ValueTask.");
        }

        return new MethodSignature
        {
            Method = new Method(fullName, request, response, oneWay),
            ParameterTypes = types,
            Roles = roles,
            RequestType = requestType,
            RequestRefusesNull = requestRefusesNull,
            ResponseType = responseType,
            ReturnForm = returnForm,
            ReturnType = returnType,
            ResultType = resultType,
        };
    }

    private static string Describe(Body body) => body switch
    {
        Body.Empty => "no request",
        Body.Message => "one message",
        Body.Stream => "a stream of messages",
        _ => "octets",
    };

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static bool IsOctets(Type type) => typeof(Stream).IsAssignableFrom(type) || typeof(PipeReader).IsAssignableFrom(type);

    private static ParameterRole[] RivalsOf(ParameterRole role) => role switch
    {
        ParameterRole.Message => [ParameterRole.Message, ParameterRole.Messages],
        ParameterRole.Messages => [ParameterRole.Message, ParameterRole.Messages, ParameterRole.OctetsStream, ParameterRole.OctetsReader],
        ParameterRole.OctetsStream or ParameterRole.OctetsReader => [ParameterRole.Messages, ParameterRole.OctetsStream, ParameterRole.OctetsReader],
        _ => [role],
    };

    private ParameterRole RoleOf(string name, Type type)
    {
        if (type == typeof(CallContext))
            return ParameterRole.Context;
        if (type == typeof(CancellationToken))
            return ParameterRole.CancellationToken;
        if (type == typeof(CallOptions))
            return ParameterRole.Options;
        if (type == typeof(Stream))
            return ParameterRole.OctetsStream;
        if (type == typeof(PipeReader))
            return ParameterRole.OctetsReader;
        if (type == typeof(PipeWriter))
            return ParameterRole.ResponseWriter;
        if (IsGeneric(type, typeof(IAsyncEnumerable<>)))
        {
            var item = type.GetGenericArguments()[0];
            return MessageRefusal(item) is { } wrongItem ? throw RefuseParameter(name, type, $"streams '{TypeNames.Of(item)}', which {wrongItem}") : ParameterRole.Messages;
        }

        if (MessageRefusal(type) is { } wrong)
            throw RefuseParameter(name, type, wrong);
        return type == typeof(Empty) ? throw RefuseParameter(name, type, "stands for no request: leave it away") : ParameterRole.Message;
    }

    private (Body Body, Type Message) ReadRequest()
    {
        var octets = roles.Contains(ParameterRole.OctetsStream) || roles.Contains(ParameterRole.OctetsReader);
        var message = roles.IndexOf(ParameterRole.Message);
        if (message >= 0)
            return (octets ? Body.MessageAndOctets : Body.Message, types[message]);
        if (octets)
            return (Body.Octets, typeof(Empty));
        var messages = roles.IndexOf(ParameterRole.Messages);
        return messages >= 0 ? (Body.Stream, types[messages].GetGenericArguments()[0]) : (Body.Empty, typeof(Empty));
    }

    private (Body Body, Type Message) ReadResult(Type result)
    {
        if (result == typeof(Empty))
            return (Body.Empty, result);
        if (IsOctets(result))
            return (Body.Octets, typeof(Empty));
        if (IsGeneric(result, typeof(ValueTuple<,>)) && IsOctets(result.GetGenericArguments()[1]))
        {
            var reply = result.GetGenericArguments()[0];
            return MessageRefusal(reply) is { } wrongReply ? throw RefuseReturn($"has the reply '{TypeNames.Of(reply)}', which {wrongReply}") : (Body.MessageAndOctets, reply);
        }

        Type[] streams = [.. result.GetInterfaces().Append(result).Where(candidate => IsGeneric(candidate, typeof(IAsyncEnumerable<>)))];
        if (streams.Length > 1)
            throw RefuseReturn("is more than one IAsyncEnumerable<T>");
        if (streams.Length == 1)
        {
            var item = streams[0].GetGenericArguments()[0];
            return MessageRefusal(item) is { } wrongItem ? throw RefuseReturn($"streams '{TypeNames.Of(item)}', which {wrongItem}") : (Body.Stream, item);
        }

        return MessageRefusal(result) is { } wrong ? throw RefuseReturn(wrong) : (Body.Message, result);
    }

    /// <summary>Why a type cannot be a message, or null.</summary>
    private static string? MessageRefusal(Type type)
    {
        if (type.IsByRef)
            return "is passed by reference, which does not travel";
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
            return "is a pointer, which does not travel";
        if (type.IsByRefLike)
            return "lives on the stack only and cannot be a message";
        if (type.ContainsGenericParameters)
            return "has open type parameters";
        if (typeof(Delegate).IsAssignableFrom(type))
            return "is a delegate, which does not travel";
        if (typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask) || IsGeneric(type, typeof(ValueTask<>)))
            return "is a task, which does not travel";
        if (IsOctets(type) || typeof(PipeWriter).IsAssignableFrom(type))
            return "is not one of the types for octets: take Stream, PipeReader or PipeWriter itself";
        if (type == typeof(CancellationToken) || type == typeof(CallContext) || type == typeof(CallOptions))
            return "belongs to the call and cannot be a message";
        if (type.GetInterfaces().Append(type).Any(candidate => IsGeneric(candidate, typeof(IAsyncEnumerable<>))))
            return "is a stream: take or return IAsyncEnumerable<T> itself";
        return type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal) ? "is a tuple, whose members have no names on the wire: use a record" : null;
    }

    private ArgumentException RefuseParameter(string name, Type type, string why) =>
        new($"'{fullName}' cannot be a method: its parameter '{name}' of type '{TypeNames.Of(type)}' {why}; {AcceptedParameters}.");

    private ArgumentException RefuseReturn(string why) =>
        new($"'{fullName}' cannot be a method: its return type '{TypeNames.Of(returnType)}' {why}; {AcceptedReturns}.");
}
