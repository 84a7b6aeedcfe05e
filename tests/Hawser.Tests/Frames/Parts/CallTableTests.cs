using FsCheck;
using FsCheck.Fluent;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

public sealed class CallTableTests
{
    private readonly FrameLane lane = LaneFixture.Create();

    [Fact]
    public void A_table_finds_what_a_dictionary_finds() => Prop.ForAll<(bool Add, byte Id)[]>(steps =>
    {
        var table = new CallTable();
        var model = new Dictionary<ulong, WireCall>();
        foreach (var (add, small) in steps)
        {
            var id = (ulong)((small * 2) + 1);
            if (!add)
            {
                model.Remove(id, out var expected);
                if (!ReferenceEquals(table.Remove(id), expected))
                    return false;
            }
            else if (!model.ContainsKey(id))
            {
                model[id] = new UnaryWireCall(lane) { Id = id };
                table.Add(model[id]);
            }
        }

        return table.Count == model.Count && Enumerable.Range(0, 512).All(i => ReferenceEquals(table.Find((ulong)i), model.GetValueOrDefault((ulong)i)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Removing_above_an_id_leaves_those_up_to_it()
    {
        var table = new CallTable();
        for (ulong id = 1; id < 200; id += 2)
            table.Add(new UnaryWireCall(lane) { Id = id });
        var removed = table.RemoveAbove(101);
        Assert.Equal(Enumerable.Range(0, 49).Select(static i => (ulong)((2 * i) + 103)), removed.Select(static call => call.Id));
        Assert.Equal(51, table.Count);
        Assert.NotNull(table.Find(101));
        Assert.Null(table.Find(103));
    }
}
