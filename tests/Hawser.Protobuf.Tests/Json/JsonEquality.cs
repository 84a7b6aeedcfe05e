using System.Text.Json;

namespace Hawser.Protobuf.Tests;

/// <summary>Compares JSON by what it says: members in any order, numbers by value.</summary>
internal static class JsonEquality
{
    internal static void AssertEqual(string expected, string actual)
    {
        using var left = JsonDocument.Parse(expected, new JsonDocumentOptions { MaxDepth = 500 });
        using var right = JsonDocument.Parse(actual, new JsonDocumentOptions { MaxDepth = 500 });
        if (!AreEqual(left.RootElement, right.RootElement))
            Assert.Equal(expected, actual);
    }

    private static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
            return false;
        switch (left.ValueKind)
        {
            case JsonValueKind.Object:
                var members = left.EnumerateObject().ToArray();
                return members.Length == right.EnumerateObject().Count()
                    && members.All(member => right.TryGetProperty(member.Name, out var other) && AreEqual(member.Value, other));
            case JsonValueKind.Array:
                return left.GetArrayLength() == right.GetArrayLength()
                    && left.EnumerateArray().Zip(right.EnumerateArray(), AreEqual).All(equal => equal);
            case JsonValueKind.Number:
                return left.GetRawText() == right.GetRawText() || left.GetDouble().Equals(right.GetDouble());
            case JsonValueKind.String:
                return left.GetString() == right.GetString();
            default:
                return true;
        }
    }
}
