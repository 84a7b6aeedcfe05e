using System.Text;

namespace Hawser.Protobuf;

/// <summary>Looks for required fields that are absent.</summary>
internal static class RequiredFields
{
    internal static List<string> FindMissing(DynamicMessage message)
    {
        var missing = new List<string>();
        Search(message, new StringBuilder(), missing);
        return missing;
    }

    // The path is one text that grows and shrinks: a text for each level would be all of it again at each level.
    private static void Search(DynamicMessage message, StringBuilder path, List<string> missing)
    {
        NestingLimit.Check(message);
        foreach (var plan in message.Layout.Plans)
        {
            if (message.IsPresent(plan.Slot))
                SearchField(plan, message.Value(plan.Slot), path, missing);
            else if (plan.Schema.IsRequired)
                missing.Add($"{path}{plan.DisplayName}");
        }
    }

    private static void SearchField(FieldPlan plan, in FieldValue value, StringBuilder path, List<string> missing)
    {
        switch (value.Reference)
        {
            case DynamicMessage message:
                SearchWithin(message, $"{plan.DisplayName}.", path, missing);
                break;
            case MessageStorage messages:
                for (var i = 0; i < messages.Count; i++)
                    SearchWithin(messages.Items[i], $"{plan.DisplayName}[{i}].", path, missing);
                break;
            case MapStorage map when plan.MapValue.IsMessage:
                foreach (ref readonly var entry in map.Entries)
                    SearchWithin(entry.Value.Message!, $"{plan.DisplayName}[{FieldPath.KeyText(plan.MapKey, entry.Key)}].", path, missing);
                break;
        }
    }

    private static void SearchWithin(DynamicMessage message, string name, StringBuilder path, List<string> missing)
    {
        var before = path.Length;
        path.Append(name);
        Search(message, path, missing);
        path.Length = before;
    }
}
