namespace Hawser.Protobuf;

/// <summary>One message of protoc.</summary>
/// <param name="File">The file, by the name that the caller gave it; empty when the message is about none.</param>
/// <param name="Line">The line, from 1; 0 when the message is about the whole file.</param>
/// <param name="Column">The column, from 1; 0 when the message is about the whole file.</param>
/// <param name="IsWarning">Whether the file compiles all the same.</param>
/// <param name="Text">What protoc says.</param>
public sealed record ProtoDiagnostic(string File, int Line, int Column, bool IsWarning, string Text)
{
    /// <summary>As compilers write it.</summary>
    /// <returns><c>file:line:column: text</c>.</returns>
    public override string ToString()
    {
        var text = IsWarning ? $"warning: {Text}" : Text;
        return (File.Length, Line) switch
        {
            (0, _) => text,
            (_, 0) => $"{File}: {text}",
            _ => $"{File}:{Line}:{Column}: {text}",
        };
    }
}
