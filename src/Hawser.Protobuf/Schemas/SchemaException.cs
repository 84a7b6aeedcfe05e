namespace Hawser.Protobuf;

/// <summary>Descriptors that do not make a schema: a missing import, an unknown type, a name or a number twice.</summary>
/// <param name="message">A sentence that names the file or the symbol and what is wrong with it.</param>
/// <param name="inner">What it was noticed by, if anything.</param>
public class SchemaException(string message, Exception? inner = null) : FormatException(message, inner);
