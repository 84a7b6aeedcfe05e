using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Hawser.Bench.Protobuf.Protos;

namespace Hawser.Bench.Protobuf;

/// <summary>The messages that are measured; always the same.</summary>
internal static class Samples
{
    private const int Seed = 4770;

    internal static Order Order(int number = 1)
    {
        var order = new Order
        {
            Id = $"order-{number:D6}",
            CustomerId = 7_000_000_000 + number,
            State = State.Paid,
            CreatedAt = new Timestamp { Seconds = 1_790_000_000 + number, Nanos = 123_000_000 },
            IsGift = number % 2 == 1,
            Note = "Please ring twice; \"the blue door\".",
        };
        order.Items.Add(new Item { Sku = "SKU-1001", Title = "Manila rope, 20 m", Quantity = 2, Price = 39.95 });
        order.Items.Add(new Item { Sku = "SKU-2002", Title = "Bollard, größe L", Quantity = 1, Price = 249 });
        order.Items.Add(new Item { Sku = "SKU-3003", Title = "Shackle", Quantity = 12, Price = 4.5 });
        return order;
    }

    internal static Catalog Catalog()
    {
        var random = new Random(Seed);
        var catalog = new Catalog { UpdatedAt = new Timestamp { Seconds = 1_790_000_000 }, Settings = new Struct() };
        for (var i = 0; i < 50; i++)
        {
            catalog.Customers.Add(Customer(i, random));
            catalog.Orders.Add(Order(i));
            catalog.States[i] = (State)(i % 3);
            catalog.Settings.Fields[$"setting-{i}"] = i % 2 == 0 ? Value.ForNumber(i / 4.0) : Value.ForList(Value.ForString("a"), Value.ForBool(true), Value.ForNull());
        }

        return catalog;
    }

    internal static Series Series()
    {
        var random = new Random(Seed);
        var series = new Series();
        for (var i = 0; i < 1000; i++)
        {
            series.Values.Add(random.NextDouble() * 1000);
            series.Counts.Add(random.Next(100_000));
            series.Deltas.Add(random.NextInt64(-1_000_000, 1_000_000));
            series.Hashes.Add((uint)random.Next());
            series.Flags.Add(random.Next(2) == 0);
            series.Samples.Add(random.NextSingle());
        }

        return series;
    }

    private static Customer Customer(int number, Random random)
    {
        var avatar = new byte[64];
        random.NextBytes(avatar);
        var customer = new Customer
        {
            Id = number,
            Name = $"Customer Nr. {number} Müller",
            Nickname = $"nick{number}",
            SessionTime = new Duration { Seconds = number * 60, Nanos = 500_000_000 },
            Avatar = ByteString.CopyFrom(avatar),
            Phone = $"+49 30 {random.Next(1_000_000)}",
        };
        customer.Emails.Add([$"c{number}@example.com", $"other{number}@example.org"]);
        foreach (var kind in new[] { "home", "work" })
        {
            customer.Addresses[kind] = new Address
            {
                Street = $"Hafenstraße {number}", City = "Hamburg", Country = "DE", Latitude = 53 + random.NextDouble(), Longitude = 9 + random.NextDouble(),
            };
        }

        for (var i = 0; i < 6; i++)
            customer.Labels[$"label-{i}"] = $"value {i} of {number}";
        return customer;
    }
}
