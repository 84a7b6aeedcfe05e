using System.Collections.Immutable;

namespace Hawser.Protobuf;

/// <summary>Writes <c>extend</c> blocks: one for each run of extensions of the same message; groups begin a new one.</summary>
internal sealed class ExtensionPrinter(PrintContext context, MessagePrinter messages)
{
    /// <summary>The blocks of one scope.</summary>
    /// <param name="extensions">The extensions that the scope declares.</param>
    /// <param name="types">The message types of the scope, those of groups included.</param>
    /// <param name="path">The path of the list of extensions.</param>
    /// <param name="scope">The scope's full name.</param>
    internal IEnumerable<DeclarationOrder.Declaration> Declarations(
        ImmutableArray<FieldSchema> extensions, ImmutableArray<MessageSchema> types, ImmutableArray<int> path, string scope)
    {
        for (var start = 0; start < extensions.Length;)
        {
            var first = start;
            var end = start + 1;
            // A group declares a type, whose place among the scope's types decides where it is written.
            while (end < extensions.Length && extensions[end].ContainingType == extensions[first].ContainingType && MessagePrinter.GroupOf(extensions[end]) is null)
                end++;
            start = end;
            var block = extensions[first..end];
            var groups = block.Select(MessagePrinter.GroupOf).OfType<MessageSchema>().Select(group => types.IndexOf(group)).ToList();
            yield return new DeclarationOrder.Declaration(() => Print(block, first, path, scope), groups, context.Comments.PlaceOf(path.Add(first)));
        }
    }

    private void Print(ImmutableArray<FieldSchema> block, int first, ImmutableArray<int> path, string scope)
    {
        context.Lines.Begin($"extend {context.Reference(block[0].ContainingType.FullName, scope)}");
        for (var i = 0; i < block.Length; i++)
            messages.PrintField(block[i], path.Add(first + i), scope);
        context.Lines.End();
    }
}
