using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hawser.Protobuf;

/// <summary>Reads what protoc writes: <c>name:line:column: text</c>, <c>name: text</c>, or just a text.</summary>
internal static partial class DiagnosticReader
{
    private const string Warning = "warning: ";

    internal static ImmutableArray<ProtoDiagnostic> Read(string output, ProtoFileSet files)
    {
        var diagnostics = ImmutableArray.CreateBuilder<ProtoDiagnostic>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            diagnostics.Add(ReadLine(line, files));
        return diagnostics.ToImmutable();
    }

    private static ProtoDiagnostic ReadLine(string line, ProtoFileSet files)
    {
        var match = Place().Match(line);
        var name = match.Groups["name"].Value;
        // "Import "x" was not found" and the like start without a file; a word before a colon is one only when it is a file's name.
        if (!match.Success || !ProtoFileName.IsProto(name))
            return new ProtoDiagnostic("", 0, 0, line.StartsWith(Warning, StringComparison.Ordinal), WithoutWarning(line));
        var text = match.Groups["text"].Value;
        return new ProtoDiagnostic(
            GivenName(name, files),
            NumberOf(match.Groups["line"]),
            NumberOf(match.Groups["column"]),
            text.StartsWith(Warning, StringComparison.Ordinal),
            WithoutWarning(text));
    }

    /// <summary>protoc writes the path that it read a file from, or, of an import that it did not find, the name.</summary>
    private static string GivenName(string name, ProtoFileSet files)
    {
        var below = name.StartsWith(ProtocRun.SourceFolder + '/', StringComparison.Ordinal) ? name[(ProtocRun.SourceFolder.Length + 1)..] : name;
        return files.Find(below)?.GivenName ?? files.Find(name)?.GivenName ?? name;
    }

    private static int NumberOf(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string WithoutWarning(string text) => text.StartsWith(Warning, StringComparison.Ordinal) ? text[Warning.Length..] : text;

    [GeneratedRegex(@"^(?<name>[^:]+):(?:(?<line>\d+):(?<column>\d+):)? (?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
