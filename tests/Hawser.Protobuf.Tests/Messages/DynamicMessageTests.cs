namespace Hawser.Protobuf.Tests;

public sealed class DynamicMessageTests
{
    private readonly DynamicMessage everything = new(TestSchemas.Everything);
    private readonly DynamicMessage legacy = new(TestSchemas.Legacy);

    [Fact]
    public void A_field_that_was_not_set_has_its_default()
    {
        Assert.Equal(0, everything["an_int32"]);
        Assert.Equal("", everything["a_string"]);
        Assert.Null(everything["a_message"]);
        Assert.Equal("nobody", legacy["name"]);
        Assert.Equal(2, legacy["shade"]);
        Assert.Equal(1, legacy["plain_shade"]);
        Assert.Equal(1.5, legacy["ratio"]);
        Assert.Equal(float.NegativeInfinity, legacy["infinite"]);
        Assert.Equal(ulong.MaxValue, legacy.Get<ulong>("larger"));
        Assert.True(legacy.Get<bool>("truth"));
        Assert.Equal([1, 255], legacy.Get<ReadOnlyMemory<byte>>("octets").ToArray());
        Assert.True(everything.IsEmpty);
    }

    [Fact]
    public void A_field_with_presence_that_is_set_to_zero_is_present()
    {
        everything["maybe_int32"] = 0;
        everything["an_int32"] = 0;
        Assert.True(everything.Has("maybe_int32"));
        Assert.False(everything.Has("an_int32"));
    }

    [Fact]
    public void A_field_without_presence_that_is_set_to_zero_is_absent()
    {
        everything["a_string"] = "text";
        Assert.True(everything.Has("a_string"));
        everything["a_string"] = "";
        Assert.False(everything.Has("a_string"));
        Assert.True(everything.IsEmpty);
    }

    [Fact]
    public void Setting_a_member_of_a_oneof_clears_the_others()
    {
        everything.Set("choice_int32", 5);
        everything.Set("choice_string", "");
        Assert.False(everything.Has("choice_int32"));
        Assert.True(everything.Has("choice_string"));
        Assert.Equal("choice_string", everything.GetCase(TestSchemas.Everything.Oneofs[0])!.Name);
        everything.Clear("choice_string");
        Assert.Null(everything.GetCase(TestSchemas.Everything.Oneofs[0]));
    }

    [Fact]
    public void Values_are_typed_without_boxing()
    {
        everything.Set("a_double", 1.5);
        everything.Set("a_uint64", ulong.MaxValue);
        everything.Set<ReadOnlyMemory<byte>>("a_bytes", new byte[] { 1, 2 });
        everything.Set("a_string", "höh");
        Assert.Equal(1.5, everything.Get<double>("a_double"));
        Assert.Equal(ulong.MaxValue, everything.Get<ulong>("a_uint64"));
        Assert.Equal("höh", everything.Get<string>("a_string"));
        Assert.Equal("höh"u8.ToArray(), everything.Get<ReadOnlyMemory<byte>>("a_string").ToArray());
    }

    [Fact]
    public void A_value_of_another_type_is_refused_with_a_sentence()
    {
        var failure = Assert.Throws<ArgumentException>(() => everything.Set("an_int32", 5L));
        Assert.Equal("The field 'hawser.tests.Everything.an_int32' holds Int32, not Int64.", failure.Message);
        Assert.Throws<ArgumentException>(() => everything.Get<long>("an_int32"));
        Assert.Throws<ArgumentException>(() => everything.Get<int>("int32s"));
        Assert.Throws<ArgumentException>(() => everything.Get("nothing"));
        Assert.Throws<ArgumentException>(() => everything.Get(TestSchemas.Legacy.Fields[0]));
        Assert.Throws<ArgumentException>(() => everything.Set("a_message", legacy));
        Assert.Throws<ArgumentException>(() => everything.Set("a_string", "half \ud800"));
    }

    [Fact]
    public void An_enum_may_be_set_by_name()
    {
        everything["a_color"] = "COLOR_GREEN";
        Assert.Equal(2, everything.Get<int>("a_color"));
        Assert.Throws<ArgumentException>(() => everything["a_color"] = "COLOR_PINK");
    }

    [Fact]
    public void Repeated_fields_are_live_lists()
    {
        var numbers = everything.GetList<int>("int32s");
        Assert.Empty(numbers);
        numbers.Add(3);
        numbers.Insert(0, 1);
        everything.GetList<int>("int32s").Add(5);
        Assert.Equal([1, 3, 5], numbers);
        Assert.True(numbers.Remove(3));
        numbers[0] = 2;
        Assert.Equal([2, 5], everything.GetList<int>("int32s"));
        Assert.Equal(1, numbers.IndexOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers[2]);
        everything["strings"] = new[] { "a", "b" };
        Assert.Equal(["a", "b"], everything.GetList<string>("strings"));
        everything.GetList<DynamicMessage>("messages").Add(new DynamicMessage(TestSchemas.Everything));
        Assert.True(everything.Has("messages"));
        numbers.Clear();
        Assert.False(everything.Has("int32s"));
    }

    [Fact]
    public void Maps_are_live_dictionaries()
    {
        var map = everything.GetMap<string, string>("text_by_text");
        map["b"] = "2";
        map.Add("a", "1");
        Assert.Throws<ArgumentException>(() => map.Add("a", "2"));
        Assert.Equal(["b", "a"], map.Keys);
        Assert.Equal("1", everything.GetMap<string, string>("text_by_text")["a"]);
        Assert.True(map.Remove("b"));
        Assert.False(map.ContainsKey("b"));
        Assert.Throws<KeyNotFoundException>(() => map["b"]);
        Assert.Throws<ArgumentException>(() => everything.GetMap<string, int>("text_by_text"));
        everything["int64_by_int32"] = new Dictionary<int, long> { [1] = 2 };
        Assert.Equal(2, everything.GetMap<int, long>("int64_by_int32")[1]);
        var other = new DynamicMessage(TestSchemas.Everything);
        other["int64_by_int32"] = everything["int64_by_int32"];
        Assert.Equal(everything.GetMap<int, long>("int64_by_int32"), other.GetMap<int, long>("int64_by_int32"));
        Assert.Throws<ArgumentException>(() => other["int64_by_int32"] = new[] { 1 });
    }

    [Fact]
    public void A_large_map_finds_every_key_also_after_removals()
    {
        var map = everything.GetMap<int, long>("int64_by_int32");
        for (var i = 0; i < 1000; i++)
            map[i * 7] = i;
        for (var i = 0; i < 1000; i += 2)
            Assert.True(map.Remove(i * 7));
        Assert.Equal(500, map.Count);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i % 2 == 1, map.ContainsKey(i * 7));
    }

    [Fact]
    public void Extensions_are_fields()
    {
        var extension = TestSchemas.All.FindExtension("hawser.tests.old.ext_number")!;
        Assert.False(legacy.Has(extension));
        legacy.Set(extension, 7);
        Assert.Equal(7, legacy.Get<int>(extension));
        Assert.Equal(7, legacy["[hawser.tests.old.ext_number]"]);
        legacy.GetList<string>(TestSchemas.All.FindExtension("hawser.tests.old.ext_texts")!).Add("x");
        legacy.Clear(extension);
        Assert.False(legacy.Has(extension));
        Assert.Throws<ArgumentException>(() => everything.Get(extension));
    }

    [Fact]
    public void A_clone_is_equal_and_shares_nothing_that_changes()
    {
        everything["a_string"] = "x";
        everything.GetOrCreate("a_message")["an_int32"] = 4;
        everything.GetList<int>("int32s").Add(1);
        everything.GetMap<int, DynamicMessage>("message_by_sint32")[1] = new DynamicMessage(TestSchemas.Everything);
        var clone = everything.Clone();
        Assert.Equal(everything, clone);
        Assert.Equal(everything.GetHashCode(), clone.GetHashCode());
        clone.GetOrCreate("a_message")["an_int32"] = 5;
        Assert.Equal(4, everything.GetOrCreate("a_message")["an_int32"]);
        Assert.NotEqual(everything, clone);
        clone.GetOrCreate("a_message")["an_int32"] = 4;
        Assert.Equal(everything, clone);
        clone.GetMap<int, DynamicMessage>("message_by_sint32")[1]["a_bool"] = true;
        Assert.NotEqual(everything, clone);
    }

    [Fact]
    public void An_empty_list_equals_an_absent_one()
    {
        everything.GetList<int>("int32s").Add(1);
        everything.GetList<int>("int32s").Clear();
        Assert.Equal(new DynamicMessage(TestSchemas.Everything), everything);
    }

    [Fact]
    public void Merging_is_what_decoding_behind_each_other_is()
    {
        var other = new DynamicMessage(TestSchemas.Everything);
        everything.GetList<int>("int32s").Add(1);
        everything.GetOrCreate("a_message")["an_int32"] = 4;
        everything["a_string"] = "old";
        other.GetList<int>("int32s").Add(2);
        other.GetOrCreate("a_message")["a_bool"] = true;
        other["a_string"] = "new";
        var decoded = DynamicMessage.Parse(TestSchemas.Everything, [.. everything.ToByteArray(), .. other.ToByteArray()]);
        everything.MergeFrom(other);
        Assert.Equal(decoded, everything);
        Assert.Throws<ArgumentException>(() => everything.MergeFrom(everything));
        Assert.Throws<ArgumentException>(() => everything.MergeFrom(legacy));
    }

    [Fact]
    public void Missing_required_fields_are_named_with_their_paths()
    {
        legacy.GetOrCreate("next")["id"] = 1;
        legacy.GetList<DynamicMessage>("others").Add(new DynamicMessage(TestSchemas.Legacy));
        legacy.GetMap<string, DynamicMessage>("by_name")["x"] = new DynamicMessage(TestSchemas.Legacy);
        legacy.Set(TestSchemas.All.FindExtension("hawser.tests.old.ext_message")!, new DynamicMessage(TestSchemas.Legacy));
        Assert.Equal(["id", "others[0].id", "by_name[\"x\"].id", "[hawser.tests.old.ext_message].id"], legacy.FindMissing());
    }

    [Fact]
    public void A_message_shows_itself_as_json()
    {
        everything["a_string"] = "x";
        Assert.Equal("""{"aString":"x"}""", everything.ToString());
        everything.GetOrCreate("value");
        Assert.Equal("hawser.tests.Everything", everything.ToString());
    }

    [Fact]
    public void Fields_set_in_any_order_stay_with_their_values()
    {
        var random = new Random(1);
        var fields = TestSchemas.Everything.Fields.Where(field => field.Kind == FieldKind.Int32 && !field.IsRepeated || field.Name.StartsWith("maybe_int", StringComparison.Ordinal)).ToArray();
        var expected = new Dictionary<string, object>();
        for (var i = 0; i < 500; i++)
        {
            var field = fields[random.Next(fields.Length)];
            if (random.Next(3) == 0)
            {
                everything.Clear(field);
                expected.Remove(field.Name);
            }
            else
            {
                object value = field.Kind == FieldKind.Int32 ? (object)(i + 1) : i + 1L;
                everything.Set(field, value);
                expected[field.Name] = value;
            }

            foreach (var other in fields)
                Assert.Equal(expected.GetValueOrDefault(other.Name), everything.Has(other) ? everything[other.Name] : null);
        }
    }

    [Fact]
    public void Clearing_leaves_nothing()
    {
        everything["a_string"] = "x";
        everything["large_number"] = 4;
        everything.MergeFrom([0xA0, 0x3F, 1]);
        Assert.Equal(3, everything.UnknownFields.Length);
        everything.Clear();
        Assert.True(everything.IsEmpty);
        Assert.Empty(everything.ToByteArray());
    }
}
