using System.Globalization;
using System.Text;

namespace Hawser.Bench.Life.Charts;

/// <summary>Draws lines over time, one panel below the other, with the same scale from left to right.</summary>
internal sealed class SvgChart(string title, string horizontalUnit)
{
    private const int Width = 900;
    private const int PanelHeight = 220;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 46;
    private const int Bottom = 34;
    private const int Ticks = 4;

    private readonly List<(string Title, Series[] Lines)> panels = [];

    public void AddPanel(string panelTitle, params Series[] lines) => panels.Add((panelTitle, lines));

    public void Save(string file)
    {
        var right = panels.SelectMany(static panel => panel.Lines).SelectMany(static line => line.Points).Max(static point => point.X);
        var svg = new StringBuilder();
        var height = 30 + (panels.Count * (PanelHeight + Top + Bottom));
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-size=\"16\">{title}</text>");
        foreach (var (index, panel) in panels.Index())
            AppendPanel(svg, panel.Title, panel.Lines, 30 + (index * (PanelHeight + Top + Bottom)) + Top, right);
        svg.AppendLine("</svg>");
        File.WriteAllText(file, svg.ToString());
    }

    private void AppendPanel(StringBuilder svg, string panelTitle, Series[] lines, double top, double right)
    {
        var highest = RoundUp(lines.SelectMany(static line => line.Points).Max(static point => point.Y));
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{top - 24}\" font-weight=\"bold\">{panelTitle}</text>");
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var y = top + PanelHeight - (PanelHeight * tick / (double)Ticks);
            var x = Left + ((Width - Left - Right) * tick / (double)Ticks);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Width - Right}\" y2=\"{y:0.#}\" stroke=\"#ddd\"/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{highest * tick / Ticks:0.##}</text>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{top + PanelHeight + 18}\" text-anchor=\"middle\">{right * tick / Ticks:0.#} {horizontalUnit}</text>");
        }

        foreach (var (index, line) in lines.Index())
        {
            var points = string.Join(' ', line.Points.Select(point =>
                string.Create(CultureInfo.InvariantCulture, $"{Left + ((Width - Left - Right) * point.X / right):0.#},{top + PanelHeight - (PanelHeight * point.Y / highest):0.#}")));
            svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{line.Color}\" stroke-width=\"1.5\" points=\"{points}\"/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left + (index * 220)}\" y=\"{top - 8}\" fill=\"{line.Color}\">{line.Name}</text>");
        }
    }

    /// <summary>The next number that reads well.</summary>
    private static double RoundUp(double value)
    {
        if (value <= 0)
            return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1.0, 2, 4, 5, 8, 10 }.First(step => step * unit >= value) * unit;
    }
}
