using System.Collections.Immutable;

namespace Hawser.Protobuf;

/// <summary>Writes enums.</summary>
internal sealed class EnumPrinter(PrintContext context)
{
    internal void Print(EnumSchema type, ImmutableArray<int> path)
    {
        context.Leading(path);
        context.Lines.Begin($"enum {type.Name}");
        context.Trailing(path);
        context.OptionStatements(type.Proto.Options, type.FullName);
        var ranges = type.Proto.ReservedRange.Select(range => ReservedText.Range(range.Start, range.End, int.MaxValue));
        ReservedText.Print(context, ranges, type.Proto.ReservedName);
        for (var i = 0; i < type.Values.Length; i++)
        {
            var value = type.Values[i];
            var place = path.AddRange(SourceComments.EnumValue, i);
            context.Leading(place);
            context.Statement($"{value.Name} = {value.Number}", value.Proto.Options, type.FullName);
            context.Trailing(place);
        }

        context.Lines.End();
    }
}
