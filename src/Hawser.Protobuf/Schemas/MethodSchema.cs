using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A method of a service.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class MethodSchema
{
    private MessageSchema? input;
    private MessageSchema? output;

    internal MethodSchema(ServiceSchema service, MethodDescriptorProto proto)
    {
        Identifiers.Check(proto.Name, service.File.Name);
        Service = service;
        Proto = proto;
        FullName = $"{service.FullName}/{proto.Name}";
    }

    /// <summary>The name within the service.</summary>
    public string Name => Proto.Name;

    /// <summary>The name that calls use: <c>package.Service/Method</c>.</summary>
    public string FullName { get; }

    /// <summary>The service.</summary>
    public ServiceSchema Service { get; }

    /// <summary>What the caller sends.</summary>
    public MessageSchema Input => input!;

    /// <summary>What the caller gets.</summary>
    public MessageSchema Output => output!;

    /// <summary>Whether the caller sends any number of messages.</summary>
    public bool ClientStreaming => Proto.ClientStreaming;

    /// <summary>Whether the caller gets any number of messages.</summary>
    public bool ServerStreaming => Proto.ServerStreaming;

    internal MethodDescriptorProto Proto { get; }

    /// <summary>The method as calls know it.</summary>
    /// <returns>The full name and what travels each way.</returns>
    /// <exception cref="ArgumentException">The full name is longer than <see cref="Method.MaxNameLength"/> characters.</exception>
    public Method ToMethod() =>
        new(FullName, ClientStreaming ? Body.Stream : Body.Message, ServerStreaming ? Body.Stream : Body.Message);

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal void Link(SymbolTable symbols)
    {
        input = symbols.Resolve<MessageSchema>(Proto.InputType, Service.File, Service.FullName, $"the method '{FullName}'");
        output = symbols.Resolve<MessageSchema>(Proto.OutputType, Service.File, Service.FullName, $"the method '{FullName}'");
    }
}
