using System.Runtime.CompilerServices;

namespace Hawser.Protobuf;

/// <summary>Ends what goes down through messages within messages before the stack does, which would end the process.</summary>
/// <remarks>What a peer sends is bounded when it is read. A program can put a message into itself, or nest as deep as it likes.</remarks>
internal static class NestingLimit
{
    /// <exception cref="InvalidOperationException">The stack has no room for another level.</exception>
    internal static void Check(DynamicMessage message)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new InvalidOperationException($"Messages of type '{message.Schema.FullName}' nest deeper than the stack of this thread allows. Does one of them contain itself?");
    }
}
