using System.Text;

namespace Hawser.Protobuf;

/// <summary>The way to a value within a message, as errors show it: <c>order.items[3].price</c>. Built from its end while a failure leaves the levels.</summary>
internal sealed class FieldPath
{
    // A path is for a reader; what is deeper than this is cut.
    private const int LongestText = 1000;

    private readonly List<string> parts = [];

    internal void Enclose(FieldPlan field) => Enclose(field.DisplayName);

    internal void EncloseIndex(int index) => parts.Add($"[{index}]");

    internal void EncloseKey(FieldPlan keyPlan, in FieldValue key) => parts.Add($"[{KeyText(keyPlan, key)}]");

    internal void Enclose(string name) => parts.Add(name);

    internal static string KeyText(FieldPlan keyPlan, in FieldValue key) => keyPlan.Kind switch
    {
        FieldKind.String => $"\"{key.Text}\"",
        FieldKind.Bool => key.Bits != 0 ? "true" : "false",
        FieldKind.UInt64 or FieldKind.Fixed64 => ((ulong)key.Bits).ToString(),
        _ => key.Bits.ToString(),
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = parts.Count - 1; i >= 0 && text.Length < LongestText; i--)
        {
            if (text.Length > 0 && (parts[i][0] != '[' || IsExtension(parts[i])))
                text.Append('.');
            text.Append(parts[i]);
        }

        return text.Length <= LongestText ? text.ToString() : text.ToString(0, LongestText) + "…";
    }

    // `[3]` and `["x"]` belong to the name before them; `[package.extension]` is a name itself.
    private static bool IsExtension(string part) => part.Length > 1 && (char.IsLetter(part[1]) || part[1] == '_') && part is not ("[true]" or "[false]");
}
