using System.Collections.Immutable;

namespace Hawser.Protobuf;

/// <summary><c>.proto</c> text that protoc does not accept.</summary>
public sealed class ProtoCompilationException : SchemaException
{
    private const int MostInMessage = 10;

    internal ProtoCompilationException(ImmutableArray<ProtoDiagnostic> diagnostics)
        : base(Describe(diagnostics))
        => Diagnostics = diagnostics;

    /// <summary>protoc's messages, warnings included, in its order.</summary>
    public ImmutableArray<ProtoDiagnostic> Diagnostics { get; }

    private static string Describe(ImmutableArray<ProtoDiagnostic> diagnostics)
    {
        var errors = diagnostics.Where(diagnostic => !diagnostic.IsWarning).ToList();
        if (errors.Count == 1)
            return errors[0].ToString();
        var lines = errors.Take(MostInMessage).Select(error => $"{Environment.NewLine}  {error}");
        var rest = errors.Count > MostInMessage ? $"{Environment.NewLine}  and {errors.Count - MostInMessage} more" : "";
        return $"The .proto files have {errors.Count} errors:{string.Concat(lines)}{rest}";
    }
}
