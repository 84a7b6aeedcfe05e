namespace Hawser.Protobuf;

/// <summary>Looks for required fields that are absent.</summary>
internal static class RequiredFields
{
    internal static List<string> FindMissing(DynamicMessage message)
    {
        var missing = new List<string>();
        Search(message, "", missing);
        return missing;
    }

    private static void Search(DynamicMessage message, string path, List<string> missing)
    {
        foreach (var plan in message.Layout.Plans)
        {
            if (message.IsPresent(plan.Slot))
                SearchField(plan, message.Value(plan.Slot), path, missing);
            else if (plan.Schema.IsRequired)
                missing.Add(path + plan.DisplayName);
        }
    }

    private static void SearchField(FieldPlan plan, in FieldValue value, string path, List<string> missing)
    {
        switch (value.Reference)
        {
            case DynamicMessage message:
                Search(message, $"{path}{plan.DisplayName}.", missing);
                break;
            case MessageStorage messages:
                for (var i = 0; i < messages.Count; i++)
                    Search(messages.Items[i], $"{path}{plan.DisplayName}[{i}].", missing);
                break;
            case MapStorage map when plan.MapValue.IsMessage:
                foreach (ref readonly var entry in map.Entries)
                    Search(entry.Value.Message!, $"{path}{plan.DisplayName}[{FieldPath.KeyText(plan.MapKey, entry.Key)}].", missing);
                break;
        }
    }
}
