namespace Hawser.Protobuf;

/// <summary>An endpoint that knows its method's schema at run time. Server reflection tells callers of it.</summary>
public interface IProtobufEndpoint
{
    /// <summary>The method as its schema declares it.</summary>
    MethodSchema MethodSchema { get; }
}
