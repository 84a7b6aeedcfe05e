namespace Hawser.Protobuf;

/// <summary>
/// Orders the declarations of one scope so that compiling them again gives the same order of types. Maps and groups declare a type in passing, so that
/// fields, extensions and messages cannot simply be written list by list.
/// </summary>
internal static class DeclarationOrder
{
    /// <summary>Something that is written in a scope.</summary>
    /// <param name="Print">Writes it.</param>
    /// <param name="Types">Positions of the types that it declares among the scope's message types.</param>
    /// <param name="Place">Where it stood in the file, if that is known.</param>
    internal sealed record Declaration(Action Print, IReadOnlyList<int> Types, (int Line, int Column)? Place);

    /// <summary>Orders declarations.</summary>
    /// <param name="fields">The fields, in their order.</param>
    /// <param name="extensions">The extensions, in their order.</param>
    /// <param name="messages">The messages that are declared on their own, in their order.</param>
    /// <param name="others">Enums and the like, in their order.</param>
    internal static IEnumerable<Declaration> Of(
        IEnumerable<Declaration> fields, IEnumerable<Declaration> extensions, IEnumerable<Declaration> messages, IEnumerable<Declaration> others)
    {
        var ordered = new List<Declaration>();
        var (waitingFields, waitingExtensions, waitingMessages) = (new Queue<Declaration>(fields), new Queue<Declaration>(extensions), new Queue<Declaration>(messages));
        var next = 0;
        while (Choose() is { } queue)
        {
            var declaration = queue.Dequeue();
            ordered.Add(declaration);
            next += declaration.Types.Count;
        }

        ordered.AddRange(others);
        // As in the file, if anybody knows that: it is an order that was right, and one that its author liked.
        return ordered.TrueForAll(declaration => declaration.Place is not null) ? ordered.OrderBy(declaration => declaration.Place) : ordered;

        Queue<Declaration>? Choose()
        {
            if (IsDue(waitingFields))
                return waitingFields;
            if (IsDue(waitingExtensions))
                return waitingExtensions;
            if (IsDue(waitingMessages))
                return waitingMessages;
            return waitingFields.Count > 0 ? waitingFields : waitingExtensions.Count > 0 ? waitingExtensions : waitingMessages.Count > 0 ? waitingMessages : null;
        }

        bool IsDue(Queue<Declaration> queue) => queue.TryPeek(out var head) && (head.Types.Count == 0 || head.Types[0] == next);
    }
}
