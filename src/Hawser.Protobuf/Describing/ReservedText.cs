namespace Hawser.Protobuf;

/// <summary>Writes which numbers and names are not to be used again.</summary>
internal static class ReservedText
{
    /// <summary>A range of numbers.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="last">The last number, included.</param>
    /// <param name="largest">The number that is written <c>max</c>.</param>
    internal static string Range(int first, int last, int largest) =>
        first == last ? $"{first}" : last == largest ? $"{first} to max" : $"{first} to {last}";

    internal static void Print(PrintContext context, IEnumerable<string> ranges, IEnumerable<string> names)
    {
        Statement(context, ranges);
        Statement(context, context.Edition < Edition.Edition2023 ? names.Select(ProtoLiteral.Quote) : names);
    }

    private static void Statement(PrintContext context, IEnumerable<string> parts)
    {
        var text = string.Join(", ", parts);
        if (text.Length > 0)
            context.Lines.Line($"reserved {text};");
    }
}
