using FsCheck;
using FsCheck.Fluent;

namespace Hawser.Protobuf.Tests;

/// <summary>Checks a property for random seeds; a failure names the seed.</summary>
internal static class Seeds
{
    internal static void Check(int count, Action<int> property) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), property));
}
